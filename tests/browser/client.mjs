// `@flighttracker/client` in a browser: the built package, loaded as modules into a page of the gateway's origin, has the
// aircraft that the page of the tracker shows. CLIENT_DIST is the folder of the built package.
import { join } from "node:path";
import { assert, withPage } from "./page.mjs";

const serve = (page) =>
  page.route("**/client/**/*.js", (route) =>
    route.fulfill({
      path: join(process.env.CLIENT_DIST, new URL(route.request().url()).pathname.split("/client/")[1]),
      contentType: "text/javascript",
    }),
  );

const follow = async (url) => {
  const { connect, ClientError } = await import(new URL("client/index.js", url).href);
  const everywhere = await connect(url);
  const europe = await connect(url, { box: [-10, 35, 30, 70] });
  const moved = [];
  for await (const { changed } of everywhere) {
    moved.push(changed.length);
    if (moved.length === 3) everywhere.close();
  }
  await europe.next();
  europe.close();
  const shown = window.__flights.count().shown;
  const inside = [...everywhere.flights.values()].filter(
    ({ latitudeDeg, longitudeDeg }) => longitudeDeg > -10 && longitudeDeg < 30 && latitudeDeg > 35 && latitudeDeg < 70,
  );
  const wrong = await connect(new URL("elsewhere", url).href).catch((error) => error instanceof ClientError && error.kind);
  return { all: everywhere.flights.size, boxed: europe.flights.size, inside: inside.length, shown, moved, wrong };
};

await withPage({ prepare: serve, serviceWorkers: "block" }, async (page) => {
  const url = new URL("./", page.url()).href;
  const found = await page.evaluate(follow, url);
  console.log(JSON.stringify(found));
  assert.equal(found.all, found.shown);
  assert.ok(found.boxed > 0 && found.boxed < found.all);
  // Some cross the edge of the box between the two pictures.
  assert.ok(Math.abs(found.boxed - found.inside) <= 0.02 * found.all + 2);
  assert.ok(found.moved.every((count) => count > 0));
  assert.equal(found.wrong, "address");
});
