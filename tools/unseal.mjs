#!/usr/bin/env node
// Opens a sealed backup without sfdbtools: Node's own crypto and nothing else (18 or newer).
//
//   node unseal.mjs KEY < backup.sql.zst.enc > backup.sql.zst
//
// KEY is a key file, a private key in PEM (RSA or X25519), or pass:PASSPHRASE. Written from
// crypto/FORMAT.md, not from the C++ code, so that each checks the other. Frames are written as they
// are authenticated; trust the output only when the exit status is 0.
import crypto from 'node:crypto';
import fs from 'node:fs';
import { pathToFileURL } from 'node:url';

const TAG = 16;
const IV = 12;

// Reads exact numbers of bytes from a descriptor; short at its end.
class Input {
  constructor(fd) {
    this.fd = fd;
  }
  upTo(n) {
    const bytes = Buffer.alloc(n);
    let have = 0;
    while (have < n) {
      let got;
      try {
        got = fs.readSync(this.fd, bytes, have, n - have, null);
      } catch (error) {
        if (error.code === 'EAGAIN') continue;
        if (error.code === 'EOF') break;
        throw error;
      }
      if (got === 0) break;
      have += got;
    }
    return bytes.subarray(0, have);
  }
  exactly(n, what) {
    const bytes = this.upTo(n);
    if (bytes.length !== n) throw new Error(`truncated inside ${what}`);
    return bytes;
  }
}

function gcmOpen(key, iv, aad, sealed, what) {
  const decipher = crypto.createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG });
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
  const plain = decipher.update(sealed.subarray(0, sealed.length - TAG));
  try {
    decipher.final();
  } catch {
    throw new Error(`${what} does not authenticate`);
  }
  return plain;
}

const sha256 = (bytes) => crypto.createHash('sha256').update(bytes).digest();
const hkdf = (hash, key, salt, info) => Buffer.from(crypto.hkdfSync(hash, key, salt, info, 32));

export function parseKeyFile(bytes) {
  if (bytes.length === 32) return bytes;
  const text = bytes.toString('latin1').replace(/[\r\n]+$/, '');
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex');
  if (/^[A-Za-z0-9+/]{43}=?$/.test(text)) return Buffer.from(text, 'base64');
  throw new Error('not a key file');
}
export const keyFileName = (key) =>
  'sha256:' + sha256(Buffer.concat([Buffer.from('sfdb-key-id\0'), key])).toString('hex').slice(0, 16);
export const rsaKeyName = (publicKey) =>
  'sha256:' +
  sha256(publicKey.export({ type: 'spki', format: 'der' })).toString('hex').slice(0, 16);
export function passphraseKey(passphrase, phc) {
  const [, ln, salt] = /^\$scrypt\$ln=(\d+),r=8,p=1\$([A-Za-z0-9+/]{22})$/.exec(phc);
  if (ln > 20) throw new Error('the passphrase slot asks for too much memory');
  const N = 2 ** Number(ln);
  return crypto.scryptSync(passphrase, Buffer.from(salt, 'base64'), 32, {
    N, r: 8, p: 1, maxmem: 128 * 8 * N + (1 << 20),
  });
}

// KEY argument -> function(slot, contextAad) giving the data key, or null for a slot of another key.
export function loadKey(argument) {
  const rawAes = (provider, wrappingKey) => (slot, aad) => {
    const tail = slot.info.length - 8 - IV;
    const name = slot.info.subarray(0, tail).toString();
    const key = slot.provider === provider && wrappingKey(name);
    return key && gcmOpen(key, slot.info.subarray(tail + 8), aad, slot.ciphertext, 'the key slot');
  };
  if (argument.startsWith('pass:')) {
    return rawAes('sfdb/passphrase', (phc) => passphraseKey(argument.slice(5), phc));
  }
  const contents = fs.readFileSync(argument);
  if (!contents.toString('latin1').trimStart().startsWith('-----BEGIN ')) {
    const key = parseKeyFile(contents);
    return rawAes('sfdb/keyfile', (name) => name === keyFileName(key) && key);
  }
  const privateKey = crypto.createPrivateKey(contents);
  const publicKey = crypto.createPublicKey(privateKey);
  if (privateKey.asymmetricKeyType === 'rsa') {
    const padding = crypto.constants.RSA_PKCS1_OAEP_PADDING;
    return (slot) =>
      slot.provider === 'sfdb/rsa' && slot.info.toString() === rsaKeyName(publicKey)
        ? crypto.privateDecrypt({ key: privateKey, padding, oaepHash: 'sha256' }, slot.ciphertext)
        : null;
  }
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const point = spki.subarray(spki.length - 32);
  return (slot) => {
    const id = sha256(point).subarray(0, 16);
    if (slot.provider !== 'sfdb/x25519' || !slot.info.equals(id)) return null;
    const ephemeral = slot.ciphertext.subarray(0, 32);
    const theirs = crypto.createPublicKey({
      key: Buffer.concat([spki.subarray(0, spki.length - 32), ephemeral]),
      format: 'der',
      type: 'spki',
    });
    const shared = crypto.diffieHellman({ privateKey, publicKey: theirs });
    const key = hkdf('sha256', shared, Buffer.concat([ephemeral, point]), 'sfdb/x25519/v1');
    const sealed = slot.ciphertext.subarray(32);
    return gcmOpen(key, Buffer.alloc(IV), Buffer.alloc(0), sealed, 'the key slot');
  };
}

function readHeader(input) {
  const parts = [];
  const take = (n) => {
    const bytes = input.exactly(n, 'the header');
    parts.push(bytes);
    return bytes;
  };
  const field = () => take(take(2).readUInt16BE());
  if (!take(3).equals(Buffer.from([0x02, 0x04, 0x78]))) throw new Error('not a sealed file');
  const messageId = take(32);
  const contextAad = field();
  const slots = [];
  for (let count = take(2).readUInt16BE(); count > 0; --count) {
    slots.push({ provider: field().toString(), info: field(), ciphertext: field() });
  }
  if (take(1)[0] !== 2) throw new Error('not framed');
  const frameLength = take(4).readUInt32BE();
  const commitment = take(32);
  const body = Buffer.concat(parts);
  return { messageId, contextAad, slots, frameLength, commitment, body, tag: take(TAG) };
}

// Reads a sealed file from descriptor `fd`, gives the plain bytes of each frame to `write`.
export function unseal(fd, openSlot, write) {
  const input = new Input(fd);
  const header = readHeader(input);
  let dataKey = null;
  for (const slot of header.slots) dataKey = dataKey || openSlot(slot, header.contextAad);
  if (!dataKey) throw new Error('wrong key');
  const suite = Buffer.from([0x04, 0x78]);
  const key = hkdf('sha512', dataKey, header.messageId,
                   Buffer.concat([suite, Buffer.from('DERIVEKEY')]));
  if (!hkdf('sha512', dataKey, header.messageId, 'COMMITKEY').equals(header.commitment)) {
    throw new Error('the key commitment does not match');
  }
  gcmOpen(key, Buffer.alloc(IV), header.body, header.tag, 'the header');

  for (let frame = 1; ; ++frame) {
    const what = `frame ${frame}`;
    let number = input.exactly(4, what).readUInt32BE();
    const last = number === 0xffffffff;
    if (last) number = input.exactly(4, what).readUInt32BE();
    const iv = input.exactly(IV, what);
    const length = last ? input.exactly(4, what).readUInt32BE() : header.frameLength;
    if (number !== frame || iv.readUInt32BE(8) !== frame) throw new Error(`${what} is out of order`);
    if (length > header.frameLength) throw new Error(`${what} is too long`);
    const label = `AWSKMSEncryptionClient ${last ? 'Final ' : ''}Frame`;
    const numbers = Buffer.alloc(12);
    numbers.writeUInt32BE(frame, 0);
    numbers.writeBigUInt64BE(BigInt(length), 4);
    const aad = Buffer.concat([header.messageId, Buffer.from(label), numbers]);
    write(gcmOpen(key, iv, aad, input.exactly(length + TAG, what), what));
    if (last) break;
  }
  if (input.upTo(1).length !== 0) throw new Error('bytes follow the end of the sealed data');
}

if (process.argv[1] && import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) {
  try {
    if (process.argv.length !== 3) throw new Error('usage: node unseal.mjs KEY < sealed > plain');
    unseal(0, loadKey(process.argv[2]), (bytes) => {
      for (let at = 0; at < bytes.length; ) at += fs.writeSync(1, bytes, at);
    });
  } catch (error) {
    process.stderr.write(`unseal: ${error.message}\n`);
    process.exit(1);
  }
}
