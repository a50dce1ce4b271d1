import { createSocket } from 'node:dgram';
import ipaddr from 'ipaddr.js';

type Question = { name: string; type: 'A' | 'AAAA' };
/** The addresses to answer with; `asked` counts the questions of this name and type from 1. Undefined: no answer. */
export type Zone = (question: Question, asked: number) => readonly string[] | undefined;

const TYPES: Readonly<Record<number, Question['type']>> = { 1: 'A', 28: 'AAAA' };

/** A name server on loopback that answers as a test says, with a time to live of 0. */
export async function startDnsServer(zone: Zone) {
  const socket = createSocket('udp4');
  const questions: Question[] = [];
  socket.on('message', (query, from) => {
    const { question, end } = parseQuestion(query);
    questions.push(question);
    const asked = questions.filter(
      ({ name, type }) => name === question.name && type === question.type,
    ).length;
    const addresses = zone(question, asked);
    if (addresses !== undefined)
      socket.send(answer(query.subarray(0, end), addresses), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    server: `127.0.0.1:${socket.address().port}`,
    questions,
    close: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  };
}

function parseQuestion(query: Buffer): { question: Question; end: number } {
  const labels: string[] = [];
  let offset = 12;
  for (let length = query[offset] ?? 0; length > 0; length = query[offset] ?? 0) {
    labels.push(query.toString('ascii', offset + 1, offset + 1 + length));
    offset += 1 + length;
  }
  const type = TYPES[query.readUInt16BE(offset + 1)];
  if (type === undefined) throw new Error('Only A and AAAA are asked here');
  return { question: { name: labels.join('.').toLowerCase(), type }, end: offset + 5 };
}

function answer(question: Buffer, addresses: readonly string[]): Buffer {
  const header = Buffer.from(question);
  header.writeUInt16BE(0x8180, 2);
  header.writeUInt16BE(addresses.length, 6);
  header.writeUInt32BE(0, 8);
  const records = addresses.map((address) => {
    const bytes = Buffer.from(ipaddr.parse(address).toByteArray());
    // A pointer to the name in the question, the type, class IN, time to live 0, and the length of the address.
    const record = Buffer.from([0xc0, 12, 0, bytes.length === 4 ? 1 : 28, 0, 1, 0, 0, 0, 0, 0, bytes.length]);
    return Buffer.concat([record, bytes]);
  });
  return Buffer.concat([header, ...records]);
}
