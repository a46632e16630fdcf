import { expect, it } from 'vitest';
import { configurationOf } from './nginx.ts';

const settings = { folder: '/tmp/x', asRoot: false, ports: { sendfile: 4041, copying: 4042 }, dav: true };

it('gives out the same folder in two ways, and takes files where it can', () => {
  const text = configurationOf(settings);
  expect(text.match(/root \/tmp\/x\/public;/g)).toHaveLength(2);
  expect(text).toContain('sendfile on');
  expect(text).toContain('sendfile off');
  expect(text).toContain('dav_methods PUT DELETE');
  expect(text).not.toContain('user root');
});

it('drops what it cannot keep, after it was in a file', () => {
  const text = configurationOf({ ...settings, asRoot: true, dav: false });
  expect(text).not.toContain('dav_methods');
  expect(text).toContain('client_body_in_file_only clean');
  expect(text).toMatch(/^user root;/);
});
