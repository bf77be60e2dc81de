// Does tasks on the built site in Firefox, for the tests: for each a fresh first page, what is
// clicked on or typed, and the text of what stands there then.
//
// node firefox.mjs FIREFOX ADDRESS < TASKS. Both are JSON: the tasks a list of {steps, at}, where a
// step is {click: XPATH} or {find: WORDS} and `at` the XPath of the answer; the answers, in the same
// order, a list of texts. What is not found within ten seconds is null.

import { text } from "node:stream/consumers";
import puppeteer from "puppeteer-core";

const [program, address] = process.argv.slice(2);
const tasks = JSON.parse(await text(process.stdin));
const browser = await puppeteer.launch({ browser: "firefox", executablePath: program, headless: true });
const page = await browser.newPage();
page.setDefaultTimeout(10_000);
const xpath = (path) => `::-p-xpath(${path})`;

async function done({ steps, at }) {
  await page.goto(`${address}index.html`);
  for (const step of steps) {
    if (step.find) await page.type("#find", step.find);
    else await page.locator(xpath(step.click)).click();
  }
  const answer = await page.waitForSelector(xpath(at), { visible: true });
  return answer.evaluate((element) => element.innerText);
}

const answers = [];
for (const task of tasks) answers.push(await done(task).catch(() => null));
await browser.close();
console.log(JSON.stringify(answers));
