// Imported before everything else, for what it does: keeps the process about as large as what lives
// in it. Left to itself, V8 lets a heap of 80 MB grow to several times that wherever the machine has
// memory to spare. Measured while a backlog drains: 250 MB resident instead of 450, for a third more
// of processor time. What has grown already does not shrink by it.
import { setFlagsFromString } from "node:v8";

// Short-lived objects are collected after a megabyte, not after sixteen.
setFlagsFromString("--semi-space-growth-factor=1");
// And the rest each time that a fifth as much again has come. With a million pending that made 282 MB;
// each time that a third had come, 297 MB for 4 % less of processor time.
setFlagsFromString("--heap-growing-percent=20");
