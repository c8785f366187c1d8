import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";

const FOLDER = join(import.meta.dirname, "../../../docs/operations");

/** A PromQL expression, and where it stands. */
export interface Expression {
  readonly where: string;
  readonly promql: string;
  /** Labels that texts beside it show. */
  readonly shown: readonly string[];
}

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

export interface Dashboard {
  readonly title: string;
  readonly uid: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly {
      readonly name: string;
      readonly type: string;
      readonly definition?: string;
    }[];
  };
}

/** The alert rules. @throws YAMLParseError when the file is no YAML. */
export async function alerts(): Promise<readonly Alert[]> {
  const text = await readFile(join(FOLDER, "outgraph-alerts.yaml"), "utf8");
  const { groups } = parse(text, { strict: true, uniqueKeys: true }) as {
    groups: { rules: Alert[] }[];
  };
  return groups.flatMap(({ rules }) => rules);
}

/** The dashboard. */
export async function dashboard(): Promise<Dashboard> {
  return JSON.parse(await readFile(join(FOLDER, "outgraph-dashboard.json"), "utf8")) as Dashboard;
}

/** Every expression that alerts and dashboard hold. */
export async function expressions(): Promise<readonly Expression[]> {
  const found: Expression[] = (await alerts()).map(({ alert, expr, annotations }) => ({
    where: `alert ${alert}`,
    promql: expr,
    shown: Object.values(annotations).flatMap((text) => shownIn(text, /\$labels\.(\w+)/g)),
  }));
  const { panels, templating } = await dashboard();
  for (const { title, targets = [] } of panels) {
    for (const { expr, legendFormat } of targets) {
      const shown = shownIn(legendFormat, /\{\{\s*(\w+)\s*\}\}/g);
      found.push({ where: `panel ${title}`, promql: withVariables(expr), shown });
    }
  }
  for (const { name, definition } of templating.list) {
    if (definition === undefined) continue;
    // Grafana's own function, which asks for the values of a label.
    const [, metric, label] = /^label_values\((\w+), (\w+)\)$/.exec(definition) ?? [];
    if (metric === undefined || label === undefined) throw new SyntaxError(definition);
    found.push({ where: `variable ${name}`, promql: `sum by (${label}) (${metric})`, shown: [] });
  }
  return found;
}

function shownIn(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, label]) => label as string);
}

/** What Grafana makes of an expression before Prometheus sees it. */
function withVariables(expr: string): string {
  return expr.replaceAll("$__rate_interval", "5m").replaceAll(/\$(relay|append)\b/g, "$1");
}
