import { expect, test } from "vitest";
import { startWorkersHere, withHeadScript, withTexts } from "./anyPath.mjs";

test("a worker starts relative to the document", () => {
  const written = 'let i="SharedWorker"===e.name,o=t.b,a=[r.map(e=>t.h(e,o))];let l=new URL(t.h(n,o),location.origin)';
  const { chunk, places } = startWorkersHere(written);
  expect(places).toBe(1);
  expect(chunk).toBe(written.replace("o=t.b", "o=new URL(t.b,document.baseURI).pathname"));
  expect(startWorkersHere("let o=t.b").places).toBe(0);
});

test("404.html gets the theme and the language as the page does", () => {
  const page = "<head><script>a(1<2)</script><script>if(1<2)e.dataset.theme='dark';</script></head><script>b</script>";
  expect(withHeadScript("<script></script><h1>404</h1>", page)).toBe(
    "<script>if(1<2)e.dataset.theme='dark';</script><h1>404</h1>",
  );
  expect(() => withHeadScript("<script></script>", "<script src='./a.js'></script>")).toThrow();
});

test("404.html shows one of its languages", () => {
  const texts = (title: string) => ({ lost: { title, text: "text", link: "A & B" } });
  expect(withTexts("<style>/* languages */</style><!-- texts -->", { en: texts("Gone"), de: texts("Fort") })).toBe(
    "<style>html:lang(en) body [lang]:not(:lang(en)), html:lang(de) body [lang]:not(:lang(de)) { display: none; }</style>" +
      '<div lang="en"><h1>Gone</h1><p>text</p><a href="/">A &amp; B</a></div>\n      ' +
      '<div lang="de"><h1>Fort</h1><p>text</p><a href="/">A &amp; B</a></div>',
  );
});
