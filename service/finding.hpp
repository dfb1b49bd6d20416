// What `doctor` found: one line a check, zh first, then English, with what to do where something is to be done.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace imloop::service {

enum class Verdict {
    fine,
    look,   ///< works, but a person should look at it
    broken  ///< does not work until it is mended
};

struct Words {
    std::string zh, en;
};

struct Finding {
    std::string check;  ///< a stable name, for programs
    Verdict verdict = Verdict::fine;
    Words title, what;
    Words todo;  ///< empty where nothing is to be done
};

/// fine, look, broken.
const char* name_of(Verdict);
/// 0 all fine, 4 something to look at, 1 something is broken.
int exit_code(const std::vector<Finding>&);
void show(const std::vector<Finding>&, bool as_json, std::ostream&);

}  // namespace imloop::service
