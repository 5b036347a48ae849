import { WIRE_EVENTS, wireType } from "../../wire/v2/spec.js";
import * as user from "./annotation-events.js";
import type { Handler } from "./emulator.js";
import * as go from "./goroutine-events.js";
import * as metric from "./metric-events.js";
import * as proc from "./proc-events.js";
import * as range from "./range-events.js";

const BY_NAME: Readonly<Record<string, Handler>> = {
  ProcsChange: metric.procsChange,
  ProcStart: proc.procStart,
  ProcStop: proc.procStop,
  ProcSteal: proc.procSteal,
  ProcStatus: proc.procStatus,
  GoCreate: go.goCreate,
  GoCreateSyscall: go.goCreateSyscall,
  GoStart: go.goStart,
  GoDestroy: go.goDestroy,
  GoDestroySyscall: go.goDestroySyscall,
  GoStop: go.goStop,
  GoBlock: go.goBlock,
  GoUnblock: go.goUnblock,
  GoSyscallBegin: go.goSyscallBegin,
  GoSyscallEnd: go.goSyscallEnd,
  GoSyscallEndBlocked: go.goSyscallEndBlocked,
  GoStatus: go.goStatus,
  STWBegin: range.stwBegin,
  STWEnd: range.stwEnd,
  GCActive: range.gcActive,
  GCBegin: range.gcBegin,
  GCEnd: range.gcEnd,
  GCSweepActive: range.sweepActive,
  GCSweepBegin: range.sweepBegin,
  GCSweepEnd: range.sweepEnd,
  GCMarkAssistActive: range.assistActive,
  GCMarkAssistBegin: range.assistBegin,
  GCMarkAssistEnd: range.assistEnd,
  HeapAlloc: metric.heapAlloc,
  HeapGoal: metric.heapGoal,
  GoLabel: user.goLabel,
  UserTaskBegin: user.taskBegin,
  UserTaskEnd: user.taskEnd,
  UserRegionBegin: user.regionBegin,
  UserRegionEnd: user.regionEnd,
  UserLog: user.userLog,
  GoSwitch: go.goSwitch,
  GoSwitchDestroy: go.goSwitch,
  GoCreateBlocked: go.goCreateBlocked,
  GoStatusStack: go.goStatusStack,
};

/** The handler of each timed event, by type byte. */
export const HANDLERS: readonly (Handler | undefined)[] = (() => {
  const handlers: (Handler | undefined)[] = new Array(256).fill(undefined);
  for (const event of WIRE_EVENTS) {
    if (event.experiment === "AllocFree") handlers[event.type] = metric.allocFree;
  }
  for (const [name, handler] of Object.entries(BY_NAME)) handlers[wireType(name)] = handler;
  return handlers;
})();
