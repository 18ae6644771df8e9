import { expect, test } from "vitest";
import { startWorkersHere, withoutFiles } from "./anyPath.mjs";

test("a worker starts relative to the document", () => {
  const written = 'let i="SharedWorker"===e.name,o=t.b,a=[r.map(e=>t.h(e,o))];let l=new URL(t.h(n,o),location.origin)';
  const { chunk, places } = startWorkersHere(written);
  expect(places).toBe(1);
  expect(chunk).toBe(written.replace("o=t.b", "o=new URL(t.b,document.baseURI).pathname"));
  expect(startWorkersHere("let o=t.b").places).toBe(0);
});

test("a document without its files keeps its text and its styles", () => {
  const html =
    '<head><link rel="icon" href="icon.svg"/><script src="./a.js" async=""></script><style>h1{top:0}</style></head>' +
    '<body><h1>404</h1><script>self.f.push([1,"<script src=x>"])</script></body>';
  expect(withoutFiles(html)).toBe(
    '<head><style>h1{top:0}</style><link rel="icon" href="data:,"/></head><body><h1>404</h1></body>',
  );
});
