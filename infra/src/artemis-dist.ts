import { type JavaProgram, javaProgram, unpacked } from './java-program.ts';

const VERSION = '2.40.0';

/** Apache Artemis, a broker that speaks STOMP 1.2 and MQTT 5 over WebSocket. */
const artemis: JavaProgram = {
  name: 'Artemis',
  version: VERSION,
  fetch: (work) => unpacked(work, `org.apache.activemq:apache-artemis:${VERSION}:zip:bin`),
};

/**
 * The folder of Artemis.
 * @throws JavaProgramUnavailable without a JDK, without Maven, or without the network.
 */
export const artemisHome = (): Promise<string> => javaProgram(artemis);
