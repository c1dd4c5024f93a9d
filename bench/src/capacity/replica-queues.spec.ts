import { createReplicaQueues } from './replica-queues.ts';

it('the core takes one after the other', () => {
  const replica = createReplicaQueues(1);
  expect(replica.compute(0, 5)).toEqual({ startedMs: 0, endedMs: 5 });
  expect(replica.compute(2, 5)).toEqual({ startedMs: 5, endedMs: 10 });
  expect(replica.compute(20, 1)).toEqual({ startedMs: 20, endedMs: 21 });
});

it('statements wait for one of the connections', () => {
  const replica = createReplicaQueues(2);
  expect([replica.query(0, 5), replica.query(0, 7), replica.query(1, 5)]).toEqual([5, 7, 10]);
  expect(replica.query(8, 1)).toBe(9);
});

it('no statement waits where the index is in the process', () => {
  const replica = createReplicaQueues(1);
  expect([replica.query(0, 0), replica.query(0, 0)]).toEqual([0, 0]);
});
