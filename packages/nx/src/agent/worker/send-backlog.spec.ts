import { createSendBacklog } from './send-backlog.ts';

const MIB = 1024 ** 2;

describe('a folder is packed', () => {
  it('quickly as long as little or nothing waits to be sent', () => {
    const backlog = createSendBacklog();
    expect(backlog.compression()).toBe('quick');
    for (let index = 0; index < 5; index += 1) backlog.add(`${index}`, MIB);
    expect(backlog.compression()).toBe('quick');
  });

  it('quickly when only the last artifact is large: it has had no time to be sent', () => {
    const backlog = createSendBacklog();
    backlog.add('small', MIB);
    backlog.add('large', 100 * MIB);
    expect(backlog.compression()).toBe('quick');
  });

  it('densely while one that is large waits since another was packed', () => {
    const backlog = createSendBacklog();
    backlog.add('large', 100 * MIB);
    backlog.add('small', MIB);
    expect(backlog.compression()).toBe('dense');
    backlog.remove('large');
    expect(backlog.compression()).toBe('quick');
  });
});
