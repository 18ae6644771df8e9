// A Kafka client and an Avro codec that we did not make: kafkajs with its own schema registry client.
//
//   node client.cjs read BROKERS REGISTRY TOPIC COUNT   prints COUNT records as JSON, one a line
//   node client.cjs write BROKERS REGISTRY TOPIC        writes the records of a JSON array on standard input
//
// Gives up after 60 s with exit code 1, so that nobody waits for it.
const { Kafka, Partitioners, logLevel } = require("kafkajs");
const { SchemaRegistry } = require("@kafkajs/confluent-schema-registry");

const LIMIT_MS = 60_000;
const [action, brokers, registryUrl, topic, count] = process.argv.slice(2);
const kafka = new Kafka({ clientId: "javascript", brokers: brokers.split(","), logLevel: logLevel.ERROR });
const registry = new SchemaRegistry({ host: registryUrl });

async function read(wanted) {
  const consumer = kafka.consumer({ groupId: `javascript-${topic}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let found = 0;
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    consumer.run({
      eachMessage: async ({ partition, message }) => {
        const value = await registry.decode(message.value);
        console.log(JSON.stringify({ partition, key: message.key.toString(), value }));
        found += 1;
        if (found === wanted) resolve();
      },
    });
  });
  await consumer.disconnect();
}

async function write(flights) {
  const id = await registry.getLatestSchemaId(`${topic}-value`);
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const messages = await Promise.all(
    flights.map(async (flight) => ({ key: flight.icao24, value: await registry.encode(id, flight) })),
  );
  await producer.send({ topic, acks: -1, messages });
  await producer.disconnect();
}

async function standardInput() {
  let text = "";
  for await (const chunk of process.stdin) text += chunk;
  return JSON.parse(text);
}

async function main() {
  if (action === "read") await read(Number(count));
  else await write(await standardInput());
}

setTimeout(() => {
  console.error(`error: ${action} did not end in ${LIMIT_MS / 1000} s`);
  process.exit(1);
}, LIMIT_MS);
main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
