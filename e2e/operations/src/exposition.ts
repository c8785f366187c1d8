/** A metric family as a service exposes it. */
export interface Family {
  readonly type: string;
  readonly help: string;
  /** Of each sample, by the name that PromQL knows it by. */
  readonly samples: ReadonlyMap<string, readonly Sample[]>;
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)(?: \d+)?$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** Reads Prometheus' text format. @throws SyntaxError for a line that is none of it. */
export function familiesIn(text: string): ReadonlyMap<string, Family> {
  const families = new Map<
    string,
    { type: string; help: string; samples: Map<string, Sample[]> }
  >();
  const family = (name: string) => {
    const known = families.get(name) ?? { type: "", help: "", samples: new Map() };
    families.set(name, known);
    return known;
  };
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const [, what, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (what === "HELP") family(name).help = rest;
    else if (what === "TYPE") family(name).type = rest;
    else if (!line.startsWith("#")) {
      const [, series, labels = "", value] = SAMPLE.exec(line) ?? [];
      if (series === undefined) throw new SyntaxError(`not a sample: ${line}`);
      const { samples } = family(familyOf(series, families));
      const known = samples.get(series) ?? [];
      samples.set(series, [...known, { labels: labelsIn(labels), value: Number(value) }]);
    }
  }
  return families;
}

function labelsIn(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(LABEL)].map(([, name, value]) => [name, value]));
}

/** A histogram's series bear its name and more. */
function familyOf(series: string, families: ReadonlyMap<string, { type: string }>): string {
  const base = series.replace(/_(bucket|sum|count)$/, "");
  return families.get(base)?.type === "histogram" ? base : series;
}
