import { openingMessage, TraceError } from "go2perfetto";
import type { Answer, Work } from "../messages.js";
import { converted } from "./conversion.js";
import { profiles } from "./profiles.js";
import { report } from "./report.js";
import { TraceFile, WorkError } from "./trace-file.js";

const answer = (message: Answer) => postMessage(message);

addEventListener("message", async ({ data }: MessageEvent<Work>) => {
  const { name } = data.file;
  try {
    answer({ is: "done", ...(await perform(data)) });
  } catch (error) {
    if (error instanceof WorkError) {
      answer({ is: "failed", message: { text: error.message, advice: error.advice } });
    } else if (error instanceof TraceError) {
      answer({ is: "failed", message: openingMessage(name, error) });
    } else if (error instanceof DOMException) {
      // The browser's own words do not tell what a person has done.
      const text = `cannot read ${name}: it is a folder, or was changed or moved since it was chosen`;
      answer({ is: "failed", message: { text, advice: "Choose it again. Of a folder, choose the files." } });
    } else {
      answer({ is: "failed", message: { text: `cannot read ${name}: ${error}` } });
    }
  }
});

async function perform(work: Work) {
  const { file, choices } = work;
  const trace = await TraceFile.open(file, choices, (bytes, size, events) =>
    answer({ is: "progress", bytes, size, events }),
  );
  switch (work.work) {
    case "convert":
      return converted(trace, work.format, choices);
    case "profiles":
      return profiles(trace);
    case "report":
      return report(trace, choices);
  }
}
