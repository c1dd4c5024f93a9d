import { parseDatabaseAddress } from './database-address.ts';

it.each([
  ['postgres://db.example/larder', 'larder at db.example:5432'],
  ['postgresql://user:word@db.example:6432/larder?sslmode=require', 'larder at db.example:6432'],
  ['postgres://user@[2001:db8::1]/my%20cache', 'my cache at [2001:db8::1]:5432'],
  ['postgres:///larder?host=/run/postgresql', 'larder at /run/postgresql:5432'],
])('names the database of %s', (url, name) => {
  expect(parseDatabaseAddress(url)).toMatchObject({ url, name });
});

it.each([
  ['postgres://user:p%40ss@h/d', ['p%40ss', 'p@ss']],
  ['postgres://user:100%@h/d', ['100%']],
  ['postgres://h/d?user=u&password=word', ['word']],
  ['postgres://user@h/d', []],
])('knows what of %s is secret', (url, secrets) => {
  expect(parseDatabaseAddress(url).secrets).toEqual(secrets);
});

it.each(['', 'larder', 'db.example:5432/larder', 'https://db.example/larder', 'postgres://[x/d'])(
  'refuses "%s"',
  (url) => {
    expect(() => parseDatabaseAddress(url)).toThrow(
      expect.objectContaining({ code: 'LARDER_SERVER_OPTIONS_INVALID' }) as Error,
    );
  },
);
