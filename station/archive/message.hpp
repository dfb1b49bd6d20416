// The messages of the vehicle repair archive's upload interface ("lcip"), in every shape that shop software sends them:
// values as strings, objects and lists as JSON strings inside the JSON, names in any case, the wrappings of Foshan and
// Chengdu. What stands in them is kept as it was sent. Pure and thread safe.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "journal/error.hpp"
#include "station/intake/formats/encoding.hpp"

namespace imloop::station::archive {

/// Members by their names in lower case, as they were sent.
using Row = std::map<std::string, std::string>;

struct Message {
    Row members;  ///< of the message and of basicInfo; of `sum` as `sum.cost`
    std::vector<Row> projects, parts;

    /// Empty where it is missing or says that nothing is there.
    std::string value(const std::string& name) const;
};

/// 无, -, 0, N/A and the like.
bool says_nothing(std::string_view);
/// As says_nothing(); empty where the row has no such member.
std::string value_in(const Row&, const std::string& name);

/// What a call's Content-Type says of its text.
intake::Declared declared_in(std::string_view content_type);

/// `bad_message` where it is no text of what it is declared to be, no JSON object, or has more rows than a repair has.
journal::Result<Message> read_message(std::string_view bytes, intake::Declared = intake::Declared::nothing);

enum class Dialect { lcip, foshan, chengdu };
using AnswerMembers = std::vector<std::pair<std::string, std::string>>;
/// `code` "1" is what shop software takes for done.
std::string answer_text(Dialect, bool taken, const std::string& status, const AnswerMembers& more = {});

}  // namespace imloop::station::archive
