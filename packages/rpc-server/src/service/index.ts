export { type DoorOptions, doorOf, doorOptions } from "./door.ts";
export {
  choice,
  flagOf,
  type Listen,
  listenOn,
  type OptionSpec,
  type OptionSpecs,
  onOff,
  optionRows,
  tableRows,
  text,
  whole,
  words,
} from "./options.ts";
export { type Asked, ConfigError, readConfig, type ServiceNaming } from "./read-config.ts";
export {
  type CommonOptions,
  commonOptions,
  EXIT,
  type Running,
  runService,
  type ServiceDefinition,
} from "./run-service.ts";
