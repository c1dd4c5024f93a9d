import { thrownCode } from '../errors/thrown-code.fixture.ts';
import { artifactHash, type ArtifactIdentity } from './artifact-hash.ts';

const identity: ArtifactIdentity = {
  format: 'tar.br',
  namespace: 'shop',
  taskHash: '13736315108187780736',
};

describe('artifactHash', () => {
  // Recomputed with coreutils: printf '<text>' | sha256sum
  it.each([
    [
      { format: 'tar.br', namespace: '', taskHash: '13736315108187780736' },
      '0b2bdc285c22eaa463bfcbaf7cd85c28add877e8ebb04616d80bcd3847093297',
    ],
    [
      { format: 'nx.tar.gz', namespace: 'größe', taskHash: 'my.custom_hash-1' },
      '402b9335db7583cecc1f426378e0ba09699f680c8170491c8abae99b6b22e7ff',
    ],
  ] as const)('derives the published hash of %j', (published, expected) => {
    expect(artifactHash(published)).toBe(expected);
  });

  it('changes with every part of the identity', () => {
    const hashes = [
      identity,
      { ...identity, format: 'nx.tar.gz' as const },
      { ...identity, namespace: 'shop2' },
      { ...identity, taskHash: '13736315108187780737' },
    ].map((each) => artifactHash(each));
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it.each(['', 'a/b', 'a b', 'ä', '1\n', '\n1', '.', '..', 'x'.repeat(129)])(
    'refuses the task hash %j',
    (taskHash) => {
      expect(thrownCode(() => artifactHash({ ...identity, taskHash }))).toBe(
        'LARDER_IDENTITY_INVALID_TASK_HASH',
      );
    },
  );

  it('takes the longest allowed task hash', () => {
    expect(artifactHash({ ...identity, taskHash: 'x'.repeat(128) })).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each(['a\nb', 'a\r', '\n'])('refuses the namespace %j', (namespace) => {
    expect(thrownCode(() => artifactHash({ ...identity, namespace }))).toBe(
      'LARDER_IDENTITY_INVALID_NAMESPACE',
    );
  });
});
