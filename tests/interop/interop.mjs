// Two programs that are not ours against ours: the stock AWS Encryption SDK for JavaScript, and
// tools/unseal.mjs (Node's crypto only, written from crypto/FORMAT.md).
//   node interop.mjs SEAL_TOOL UNSEAL_MJS WORK_DIRECTORY
import { spawnSync } from 'node:child_process';
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [sealTool, unsealPath, work] = process.argv.slice(2).map((argument) => path.resolve(argument));
const sdk = createRequire(path.join(work, 'package.json'))('@aws-crypto/client-node');
const { keyFileName, parseKeyFile, passphraseKey, rsaKeyName } = await import(
  pathToFileURL(unsealPath).href
);
const { encrypt, decrypt } = sdk.buildClient(sdk.CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
const suiteId =
  sdk.AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY;

let checks = 0;
function run(program, args, input, expected = 0) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { input, maxBuffer: 1 << 28 });
  if (error) throw error;
  assert.equal(status, expected, `${program} ${args.join(' ')}: ${stderr}`);
  ++checks;
  return stdout;
}
const tool = (args, input, expected) => run(sealTool, args, input, expected);
const unseal = (key, input, expected) =>
  run(process.execPath, [unsealPath, key], input, expected);
const file = (name) => path.join(work, name);

for (const [kind, name] of [['key', 'a.key'], ['key', 'b.key'], ['rsa', 'a.pem'], ['rsa', 'b.pem'],
                            ['x25519', 'x.pem'], ['x25519', 'y.pem']]) {
  for (const old of [file(name), file(name + '.pub')]) fs.rmSync(old, { force: true });
  tool(['keygen', kind, file(name)]);
}

function aesKeyring(namespace, name, key) {
  const unencryptedMasterKey = new Uint8Array(key);  // the SDK wants memory of its own
  const wrappingSuite = sdk.RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING;
  return new sdk.RawAesKeyringNode({
    keyName: name, keyNamespace: namespace, unencryptedMasterKey, wrappingSuite,
  });
}
function keyFileKeyring(name) {
  const key = parseKeyFile(fs.readFileSync(file(name)));
  return aesKeyring('sfdb/keyfile', keyFileName(key), key);
}
function rsaKeyring(name) {
  const privateKey = fs.readFileSync(file(name), 'utf8');
  const publicKey = fs.readFileSync(file(name + '.pub'), 'utf8');
  return new sdk.RawRsaKeyringNode({
    keyName: rsaKeyName(crypto.createPublicKey(publicKey)), keyNamespace: 'sfdb/rsa',
    rsaKey: { publicKey, privateKey }, oaepHash: 'sha256',
  });
}
const kinds = [
  { name: 'key file', keyring: keyFileKeyring, seal: 'a.key', open: 'a.key', wrong: 'b.key' },
  { name: 'RSA', keyring: rsaKeyring, seal: 'a.pem.pub', open: 'a.pem', wrong: 'b.pem' },
];

// 1. Every size around the frame edges, both directions, all three programs.
const sizes = [];
for (const L of [1024, 1 << 20]) {
  for (const n of L === 1024 ? [0, 1, L - 1, L, L + 1, 3 * L, 3 * L + 777] : [0, 3 * L + 777]) {
    sizes.push([L, n]);
  }
}
for (const kind of kinds) {
  const keyring = kind.keyring(kind.open);
  for (const [frameLength, size] of sizes) {
    const plain = crypto.randomBytes(size);
    const ours = tool(['seal', frameLength, file(kind.seal)], plain);
    const opened = await decrypt(keyring, ours);
    assert.ok(opened.plaintext.equals(plain), `${kind.name}: the SDK opens ${size} bytes of ours`);
    assert.equal(opened.messageHeader.encryptionContext['sfdb-format'], '1');
    assert.equal(opened.messageHeader.encryptionContext['sfdb-backup-id'], 'interop \u00e9');
    assert.ok(unseal(file(kind.open), ours).equals(plain));

    const context = size % 2 ? { 'sfdb-format': '1', purpose: 'interop \u00e9' } : {};
    const { result } = await encrypt(keyring, plain, {
      suiteId, frameLength, encryptionContext: context,
    });
    assert.ok(tool(['open', file(kind.open)], result).equals(plain),
              `${kind.name}: we open ${size} bytes of the SDK`);
    assert.ok(unseal(file(kind.open), result).equals(plain));
    checks += 2;
  }
}

// 2. One file for all four kinds of key: the SDK finds its slot, whatever the others are.
{
  const plain = crypto.randomBytes(5000);
  const ours = tool(['seal', 1024, file('x.pem.pub'), file('a.key'), file('a.pem.pub'),
                     'pass:kunci-uji \u00e9'], plain);
  for (const kind of kinds) {
    assert.ok((await decrypt(kind.keyring(kind.open), ours)).plaintext.equals(plain));
  }
  for (const key of [file('x.pem'), file('a.key'), file('a.pem'), 'pass:kunci-uji \u00e9']) {
    assert.ok(unseal(key, ours).equals(plain));
    assert.ok(tool(['open', key], ours).equals(plain));
  }
  // A passphrase slot is an ordinary raw AES slot once its key is derived.
  const phc = /\$scrypt\$ln=17,r=8,p=1\$[A-Za-z0-9+/]{22}/.exec(ours.toString('latin1'))[0];
  const keyring = aesKeyring('sfdb/passphrase', phc, passphraseKey('kunci-uji \u00e9', phc));
  assert.ok((await decrypt(keyring, ours)).plaintext.equals(plain));
  checks += 3;
}

// 3. Wrong keys and damage are refused by all, in both directions.
for (const kind of kinds) {
  const plain = crypto.randomBytes(3000);
  const ours = tool(['seal', 1024, file(kind.seal)], plain);
  await assert.rejects(decrypt(kind.keyring(kind.wrong), ours));
  unseal(file(kind.wrong), ours, 1);
  const { result } = await encrypt(kind.keyring(kind.open), plain, { suiteId, frameLength: 1024 });
  tool(['open', file(kind.wrong)], result, 12);
  const damaged = Buffer.from(result);
  damaged[damaged.length - 100] ^= 1;
  tool(['open', file(kind.open)], damaged, 13);
  unseal(file(kind.open), damaged, 1);
  const ourDamaged = Buffer.from(ours);
  ourDamaged[ourDamaged.length - 100] ^= 1;
  await assert.rejects(decrypt(kind.keyring(kind.open), ourDamaged));
  // The SDK does not see what follows a message; we do.
  tool(['open', file(kind.open)], Buffer.concat([result, Buffer.from('x')]), 13);
  unseal(file(kind.open), Buffer.concat([result, Buffer.from('x')]), 1);
  tool(['open', file(kind.open)], result.subarray(0, result.length - 1), 13);
  checks += 2;
}
unseal(file('y.pem'), tool(['seal', 1024, file('x.pem.pub')], 'x'), 1);

// 4. What the SDK writes by default, a signed message, is refused and not misread.
{
  const { result } = await encrypt(keyFileKeyring('a.key'), 'x');
  tool(['open', file('a.key')], result, 13);
}
// 5. The worked example of the document.
{
  const doc = fs.readFileSync(path.join(path.dirname(unsealPath), '../crypto/FORMAT.md'), 'utf8');
  const rows = [...doc.matchAll(/^ *\d+ {2}([0-9a-f]+) {2,}\S.*$/gm)].map((match) => match[1]);
  const example = Buffer.from(rows.join(''), 'hex');
  const key = Buffer.from(Array.from({ length: 32 }, (_, i) => i));
  fs.writeFileSync(file('example.key'), key);
  const keyring = aesKeyring('sfdb/keyfile', keyFileName(key), key);
  assert.equal((await decrypt(keyring, example)).plaintext.toString(), 'SELECT 1;\n');
  assert.equal(unseal(file('example.key'), example).toString(), 'SELECT 1;\n');
  checks += 1;
}
console.log(`${checks} checks passed`);
