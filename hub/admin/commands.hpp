// The command line of the hub. A command works on the data folder itself, or asks the hub that serves it.
#pragma once

namespace imloop::hub {

/// Exit code: 0 done, 1 refused or failed (said on stderr), 2 wrong usage, 3 the disk refused a write while serving,
/// 4 `verify` or `doctor` found something.
int run_command(int argc, char** argv);

}  // namespace imloop::hub
