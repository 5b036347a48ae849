import { wireType } from "../../wire/v1/spec.js";
import * as user from "./annotation-events.js";
import type { Handler } from "./emulator.js";
import * as go from "./goroutine-events.js";
import * as proc from "./proc-events.js";
import * as runtime from "./runtime-events.js";

const BY_NAME: Readonly<Record<string, Handler>> = {
  Gomaxprocs: runtime.gomaxprocs,
  ProcStart: proc.procStart,
  ProcStop: proc.procStop,
  GCStart: runtime.gcStart,
  GCDone: runtime.gcDone,
  STWStart: runtime.stwStart,
  STWDone: runtime.stwDone,
  GCSweepStart: runtime.sweepStart,
  GCSweepDone: runtime.sweepDone,
  GCMarkAssistStart: runtime.assistStart,
  GCMarkAssistDone: runtime.assistDone,
  HeapAlloc: runtime.heapAlloc,
  HeapGoal: runtime.heapGoal,
  GoCreate: go.goCreate,
  GoStart: go.goStart,
  GoStartLocal: go.goStart,
  GoStartLabel: go.goStart,
  GoEnd: go.goEnd,
  GoStop: go.goStopForever,
  GoSched: go.goStop,
  GoPreempt: go.goStop,
  GoSleep: go.goBlock,
  GoBlock: go.goBlock,
  GoBlockSend: go.goBlock,
  GoBlockRecv: go.goBlock,
  GoBlockSelect: go.goBlock,
  GoBlockSync: go.goBlock,
  GoBlockCond: go.goBlock,
  GoBlockNet: go.goBlock,
  GoBlockGC: go.goBlock,
  GoUnblock: go.goUnblock,
  GoUnblockLocal: go.goUnblockLocal,
  GoSysExit: go.goSysExit,
  GoSysExitLocal: go.goSysExit,
  GoWaiting: go.goWaiting,
  GoInSyscall: go.goInSyscall,
  UserTaskCreate: user.taskCreate,
  UserTaskEnd: user.taskEnd,
  UserRegion: user.region,
  UserLog: user.userLog,
  // The events around it already show that the previous wakeup was futile.
  FutileWakeup: () => {},
};

/**
 * The handler of each event of a P's stream, by type. Those of GoSysCall and GoSysBlock depend on the
 * following event.
 */
export const HANDLERS: readonly (Handler | undefined)[] = (() => {
  const handlers: (Handler | undefined)[] = new Array(64).fill(undefined);
  for (const [name, handler] of Object.entries(BY_NAME)) handlers[wireType(name)] = handler;
  return handlers;
})();
