import { type ArtifactsClientOptions } from './client-options.ts';
import { isLarderError } from './errors/larder-error.ts';
import { resolveOptions } from './resolve-options.ts';

describe('the options of a client', () => {
  it.each([
    [undefined, 'https://api.vercel.com/'],
    ['https://vercel.com/api', 'https://vercel.com/api'],
    ['https://vercel.com/api//', 'https://vercel.com/api'],
    ['http://127.0.0.1:5000', 'http://127.0.0.1:5000/'],
  ])('turn the url %p into %s', (url, expected) => {
    const { baseUrl } = resolveOptions({ token: 't', ...(url !== undefined && { url }) });
    expect(baseUrl.href).toBe(expected);
  });

  it('have defaults', () => {
    expect(resolveOptions({ token: 't' })).toMatchObject({
      connectTimeoutMs: 5_000,
      firstByteTimeoutMs: 10_000,
      stallTimeoutMs: 10_000,
      maxConnections: 8,
      preflight: false,
      breaker: { failureThreshold: 3, coldFailureThreshold: 1, cooldownMs: 30_000 },
    });
  });

  it.each<[string, Partial<ArtifactsClientOptions>]>([
    ['url', { url: 'cache.example' }],
    ['url', { url: 'ftp://cache.example' }],
    ['url', { url: 'https://user:swordfish@cache.example' }],
    ['url', { url: 'https://cache.example?x=1' }],
    ['token', { token: '' }],
    ['token', { token: 'swordfish\n' }],
    ['teamId', { teamId: '' }],
    ['slug', { slug: '' }],
    ['signatureKey', { signatureKey: '' }],
    ['product', { product: 'x\r\ny' }],
    ['connectTimeoutMs', { connectTimeoutMs: 0 }],
    ['firstByteTimeoutMs', { firstByteTimeoutMs: 1.5 }],
    ['stallTimeoutMs', { stallTimeoutMs: 2 ** 31 }],
    ['maxConnections', { maxConnections: 0 }],
    ['temporaryDirectory', { temporaryDirectory: '' }],
    ['breaker.failureThreshold', { breaker: { failureThreshold: -1 } }],
    ['breaker.coldFailureThreshold', { breaker: { coldFailureThreshold: Number.NaN } }],
    ['breaker.cooldownMs', { breaker: { cooldownMs: 0 } }],
    ['environment.clientCi', { environment: { clientCi: 'x'.repeat(51) } }],
    ['environment.clientCi', { environment: { clientCi: '' } }],
  ])('are refused when %s is wrong, without repeating a secret', (name, options) => {
    let error: unknown;
    try {
      resolveOptions({ token: 't', ...options });
    } catch (thrown) {
      error = thrown;
    }
    if (!isLarderError(error)) throw new Error('Expected an error');
    expect(error.code).toBe('LARDER_CLIENT_OPTION_INVALID');
    expect(error.message).toContain(`option ${name} `);
    expect(error.message).not.toContain('swordfish');
  });
});
