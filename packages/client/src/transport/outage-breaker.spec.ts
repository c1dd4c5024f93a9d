import { createOutageBreaker, type OutageBreaker } from './outage-breaker.ts';

let nowMs = 0;
let breaker: OutageBreaker;

beforeEach(() => {
  nowMs = 0;
  breaker = createOutageBreaker({
    failureThreshold: 3,
    coldFailureThreshold: 1,
    cooldownMs: 1000,
    monotonicNow: () => nowMs,
  });
});

function succeed(): void {
  const permit = breaker.acquire();
  permit?.answered(200);
  permit?.settle('healthy');
}

function fail(times = 1): void {
  for (let count = 0; count < times; count += 1) breaker.acquire()?.settle('outage');
}

describe('an outage breaker', () => {
  it('opens at the first failure when no answer has ever come', () => {
    fail();
    expect(breaker.isOpen()).toBe(true);
    expect(breaker.acquire()).toBeNull();
  });

  it('takes a first answer of 5xx for an answer', () => {
    const permit = breaker.acquire();
    permit?.answered(503);
    permit?.settle('outage');
    expect(breaker.isOpen()).toBe(false);
  });

  it('opens at the third failure in a row after an answer', () => {
    succeed();
    fail(2);
    expect(breaker.isOpen()).toBe(false);
    fail();
    expect(breaker.isOpen()).toBe(true);
  });

  it('takes what fails together for one failure', () => {
    succeed();
    for (let outage = 1; outage <= 3; outage += 1) {
      expect(breaker.isOpen()).toBe(false);
      const together = Array.from({ length: 32 }, () => breaker.acquire());
      for (const permit of together) permit?.settle('outage');
    }
    expect(breaker.isOpen()).toBe(true);
  });

  it('counts anew after a success', () => {
    succeed();
    fail(2);
    succeed();
    fail(2);
    expect(breaker.isOpen()).toBe(false);
  });

  it('counts contents that break off although their heads arrive', () => {
    for (let count = 0; count < 3; count += 1) {
      const permit = breaker.acquire();
      permit?.answered(200);
      permit?.settle('outage');
    }
    expect(breaker.isOpen()).toBe(true);
  });

  it('does not count what says nothing about the server', () => {
    for (let count = 0; count < 5; count += 1) breaker.acquire()?.settle('unknown');
    expect(breaker.isOpen()).toBe(false);
  });

  it('counts the outcome of an attempt once', () => {
    succeed();
    const permit = breaker.acquire();
    for (let count = 0; count < 5; count += 1) permit?.settle('outage');
    expect(breaker.isOpen()).toBe(false);
  });

  describe('after its cool-down', () => {
    beforeEach(() => {
      fail();
      nowMs = 1000;
    });

    it('lets a single attempt through', () => {
      expect(breaker.isOpen()).toBe(false);
      expect(breaker.acquire()).not.toBeNull();
      expect(breaker.acquire()).toBeNull();
    });

    it('closes as soon as that one is answered', () => {
      breaker.acquire()?.answered(404);
      expect(breaker.acquire()).not.toBeNull();
      expect(breaker.acquire()).not.toBeNull();
    });

    it('stays open for another cool-down when that one fails', () => {
      fail();
      nowMs = 1999;
      expect(breaker.acquire()).toBeNull();
      nowMs = 2000;
      expect(breaker.acquire()).not.toBeNull();
    });

    it('stays open when that one is answered with 5xx', () => {
      const probe = breaker.acquire();
      probe?.answered(500);
      probe?.settle('outage');
      expect(breaker.isOpen()).toBe(true);
    });

    it('lets another one through when that one was given up', () => {
      breaker.acquire()?.settle('unknown');
      expect(breaker.acquire()).not.toBeNull();
    });
  });

  it('is not held open by attempts from before that fail later', () => {
    succeed();
    const late = breaker.acquire();
    fail(3);
    nowMs = 999;
    late?.settle('outage');
    nowMs = 1000;
    expect(breaker.acquire()).not.toBeNull();
  });
});
