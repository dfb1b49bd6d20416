import { expect, test } from 'vitest';
import { digested, keyOf, lines, named } from './cases';

test('evidence is named by flags and records, a line each', () => {
  expect(named(' V02-1f2e3d4c5b6a7980 \n\n01940000-0000-7000-8000-000000000001')).toEqual([{ flag_id: 'V02-1f2e3d4c5b6a7980' }, { record_id: '01940000-0000-7000-8000-000000000001' }]);
  expect(lines('\n  \n')).toEqual([]);
});
test('of a file its name, size and SHA-256 are sent', async () => {
  const file = { name: '整改报告.pdf', size: 3, arrayBuffer: async () => new TextEncoder().encode('abc').buffer } as unknown as File; // jsdom's has none
  expect(await digested([file])).toEqual([{ name: '整改报告.pdf', bytes: 3, sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' }]);
});
test('steps of two departments are two choices', () => {
  expect(keyOf({ action: 'hand_over', step: 'done', to_department: 'police' })).not.toBe(keyOf({ action: 'hand_over', step: 'done', to_department: 'ecology' }));
});
