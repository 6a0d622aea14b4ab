import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exists } from '@ws-arena/contract/fetched-folder';
import { type JavaProgram, javaProgram, maven, programHome } from '@ws-arena/infra/java-program';
import type { Tool } from './tool.ts';

const VERSION = '3.13.5';
const run = promisify(execFile);

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>ws-arena</groupId><artifactId>generators</artifactId><version>1</version>
  <dependencies>
    <dependency>
      <groupId>io.gatling.highcharts</groupId><artifactId>gatling-charts-highcharts</artifactId><version>${VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;

/** All users come in the first second; each sends, awaits the reply, and goes on when its pace says so. */
const SIMULATION = `
import static io.gatling.javaapi.core.CoreDsl.*;
import static io.gatling.javaapi.http.HttpDsl.*;
import io.gatling.javaapi.core.*;
import java.time.Duration;

public class Echo extends Simulation {
  {
    int connections = Integer.getInteger("connections");
    long paceMs = Long.getLong("paceMs");
    ChainBuilder message = exec(ws("message").sendText(System.getProperty("payload"))
        .await(30).on(ws.checkTextMessage("reply").check(bodyString().is(System.getProperty("payload")))));
    ChainBuilder turn = paceMs == 0 ? message : pace(Duration.ofMillis(paceMs)).exec(message);
    ScenarioBuilder echo = scenario("echo")
        .exec(ws("open").connect(System.getProperty("url")))
        .during(Integer.getInteger("seconds")).on(turn)
        .exec(ws("close").close());
    setUp(echo.injectOpen(rampUsers(connections).during(1))).protocols(http);
  }
}
`;

/** Without it every frame is logged. */
const LOGBACK = '<configuration><root level="OFF"/></configuration>';

const JVM = [
  // With the one CPU that it is held to, it would start no user.
  '-XX:ActiveProcessorCount=2',
  '-Xmx1g',
  // As its own launchers have it.
  '--add-opens=java.base/java.lang=ALL-UNNAMED',
  // Nothing listens there: its question for its newest release stays on this machine.
  '-Dhttps.proxyHost=127.0.0.1',
  '-Dhttps.proxyPort=1',
];

const program: JavaProgram = {
  name: 'Gatling',
  version: VERSION,
  fetch: async (work) => {
    await writeFile(join(work, 'pom.xml'), POM);
    await writeFile(join(work, 'Echo.java'), SIMULATION);
    await maven(work, 'dependency:copy-dependencies', `-DoutputDirectory=${work}/lib`);
    await run('javac', ['-cp', 'lib/*', '-d', 'classes', 'Echo.java'], { cwd: work });
    await writeFile(join(work, 'classes/logback.xml'), LOGBACK);
    return work;
  },
};
const home = programHome(program);

/** Gatling: virtual users on Netty, on the JVM. */
export const gatling: Tool = {
  name: program.name,
  licence: 'Apache-2.0, its charts Gatling Highcharts',
  from: 'Maven Central',
  version: async () => ((await exists(home)) ? VERSION : undefined),
  fetch: async () => {
    await javaProgram(program);
  },
  launch: async ({ url, connections, payload, rate, seconds }, folder) => {
    const paceMs = rate === 'flight-1' ? 0 : Math.round((connections / rate) * 1000);
    const properties = Object.entries({
      url,
      connections,
      payload,
      paceMs,
      seconds,
      'gatling.data.enableAnalytics': false,
    }).map(([name, value]) => `-D${name}=${value}`);
    const classes = [join(home, 'classes'), join(home, 'lib/*')].join(':');
    const what = ['--simulation', 'Echo', '--results-folder', folder];
    return { command: ['java', ...JVM, ...properties, '-cp', classes, 'io.gatling.app.Gatling', ...what] };
  },
  reported: (folder) => {
    const [page] = globSync('echo-*/js/stats.js', { cwd: folder });
    // Objects in JavaScript, one behind the other: that of the replies, without those of opening, sending and closing.
    const replies = page && readFileSync(join(folder, page), 'utf8').split('"name": "reply"')[1];
    const value = (name: string) => {
      const found = replies && new RegExp(`"${name}": \\{\\s*"total": "(\\d+)"`).exec(replies)?.[1];
      if (found === undefined) throw new Error(`Gatling reports no ${name} of the replies`);
      return Number(found);
    };
    // Percentiles 1 to 4 are 50, 75, 95 and 99, as gatling.conf has them.
    const [p50Ms, p99Ms] = [value('percentiles1'), value('percentiles4')];
    return { p50Ms, p99Ms, maxMs: value('maxResponseTime') };
  },
};
