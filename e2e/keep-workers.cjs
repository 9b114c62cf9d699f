// Loaded before Hearth by a test that ends the engine's thread behind Hearth's back: keeps every thread in reach.
const threads = require('node:worker_threads');
const { syncBuiltinESMExports } = require('node:module');

globalThis.hearthThreads = [];
threads.Worker = class extends threads.Worker {
  constructor(...args) {
    super(...args);
    globalThis.hearthThreads.push(this);
  }
};
syncBuiltinESMExports();
