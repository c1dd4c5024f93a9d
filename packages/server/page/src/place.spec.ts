import { formatPlace, parsePlace, type Place } from './place.ts';

it.each<Place>([
  { kind: 'overview', range: '24h', team: null },
  { kind: 'overview', range: '30d', team: '' },
  { kind: 'overview', range: '1y', team: 'a/b & c?d=#e' },
  { kind: 'artifact', range: '7d', team: 'web', api: 'nx', hash: 'abc_1' },
])('%j can be linked to', (place) => {
  expect(parsePlace(formatPlace(place))).toEqual(place);
});

it.each(['', '#', '#/nowhere', '#/artifact', '#/?range=2h', '#/artifact/nx?range=x', '##//?&&='])(
  'the address %j leads to the overview of a day',
  (fragment) => {
    expect(parsePlace(fragment)).toEqual({ kind: 'overview', range: '24h', team: null });
  },
);
