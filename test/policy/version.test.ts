import assert from 'node:assert/strict';
import { parseAgentVersion } from '../../workflows/agent-promotion/version.ts';

const form = 'not three numbers without leading zeros, joined by dots';
const bad: Readonly<Record<string, string>> = {
  'a v before it': 'v1.4.2',
  'a capital V before it': 'V1.4.2',
  'a blank before it': ' 1.4.2',
  'a blank behind it': '1.4.2 ',
  'a blank inside': '1. 4.2',
  'only blanks': '   ',
  'a newline behind it': '1.4.2\n',
  'a newline before it': '\n1.4.2',
  'two lines': '1.4.2\n1.4.3',
  'a carriage return': '1.4.2\r',
  'a tab': '1.4.2\t',
  'a no-break space': '\u00a01.4.2',
  'a zero-width space': '1.4.2\u200b',
  'a byte order mark': '\ufeff1.4.2',
  'full-width digits': '１.４.２',
  'Arabic-Indic digits': '١.٤.٢',
  'superscript digits': '1.4.²',
  'a full-width dot': '1．4．2',
  'a suffix': '1.4.2-rc1',
  'build metadata': '1.4.2+7',
  'a letter in a group': '1.4.2a',
  'a plus sign': '+1.4.2',
  'a minus sign': '-1.4.2',
  'a leading zero in the first group': '01.0.0',
  'a leading zero in the second group': '1.04.2',
  'a leading zero in the third group': '1.4.00',
  'one group': '1',
  'two groups': '1.4',
  'four groups': '1.4.2.0',
  'an empty group': '1..0',
  'an empty last group': '1.0.',
  'an empty first group': '.1.0',
  commas: '1,4,2',
  'an exponent': '1e1.0.0',
  'hexadecimal digits': '0x1.0.0',
  JSON: '{"version":"1.4.2"}',
  'a quoted version': '"1.4.2"',
  'a path upwards': '../1.4.2',
  'a path behind it': '1.4.2/../../manifest.json',
  'a NUL': '1.4.2\u0000',
  'a shell command': '1.4.2;reboot',
  'an expansion': '$(id).0.0',
  'a right-to-left override': '\u202e1.4.2',
  words: 'latest',
};

describe('parseAgentVersion', () => {
  for (const [why, value] of Object.entries(bad))
    it(`refuses ${why}: ${JSON.stringify(value)}`, () =>
      assert.deepEqual(parseAgentVersion(value), { valid: false, reason: form }));

  for (const value of [null, ''])
    it(`refuses ${JSON.stringify(value)} as empty`, () =>
      assert.deepEqual(parseAgentVersion(value), { valid: false, reason: 'empty' }));

  for (const length of [33, 34, 255, 1_000_000])
    it(`refuses ${length} characters before it looks at them`, () =>
      assert.deepEqual(parseAgentVersion(`1.4.${'2'.repeat(length - 4)}`), {
        valid: false,
        reason: 'longer than 32 characters',
      }));

  for (const value of [
    '0.0.0',
    '0.0.1',
    '1.4.2',
    '1.10.2',
    '10.20.30',
    '2026.11.22',
    `1.4.${'2'.repeat(28)}`,
  ])
    it(`takes ${value} exactly as typed`, () =>
      assert.deepEqual(parseAgentVersion(value), { valid: true, version: value }));
});
