import { credentialName } from './credential-name.ts';

it('is the same for one credential only, and tells nothing of it', () => {
  const ofToken = (token: string) => credentialName({ token, identity: null });
  const ofJob = (token: string) =>
    credentialName({ token: null, identity: { kind: 'signed', token } });
  const names = [ofToken('a'), ofToken('b'), ofJob('a'), ofJob('b')];
  expect(new Set(names).size).toBe(4);
  expect([ofToken('a'), ofJob('b')]).toEqual([names[0], names[3]]);
  for (const name of names) expect(name).toMatch(/^[0-9a-f]{64}$/);
});
