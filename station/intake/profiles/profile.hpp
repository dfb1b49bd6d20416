// Messages of provincial platforms, read through a profile held as data: where the tests are in a message, which member
// is which of ours, by which codes. A further platform is a further file in schemas/tables/profiles, no code. Messages
// of one test that come in several files (result, OBD check, process data) are joined by the number the profile names.
// Pure but for load_profiles.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "journal/error.hpp"
#include "station/intake/outcome/folder.hpp"
#include "station/intake/profiles/rules.hpp"

namespace imloop::station::intake {

struct Message {
    std::vector<Condition> when;    ///< of the document
    std::string records;            ///< path to the tests, or to what is said of them
    std::vector<std::string> join;  ///< the number that messages of one test share
    bool head = false, readings = false, obd = false, trace = false;
    std::string method;  ///< empty: the head or the members say it
};

struct Profile {
    std::string name, zh, en;
    std::vector<Condition> recognise;
    std::vector<Message> messages;
    Rules rules;
};

/// Errors: bad_profile, naming the place in it.
journal::Result<Profile> profile_from(const std::string& name, std::string_view text);

/// The built-in ones (each under its name in the override directory of the tables goes before it), then `*.json` of
/// `folder`, where one of the same name goes before the others.
journal::Result<std::vector<Profile>> load_profiles(const std::filesystem::path& folder = {});

struct Document {
    std::string file;
    nlohmann::json json;
    bool is_xml = false;             ///< its element of interest may stand deeper
    std::size_t line = 0;            ///< where it begins; 0: with its file
    std::vector<Left> notes = {};    ///< on its members, where a profile knows it; their file may be empty
    std::optional<Left> other = {};  ///< what is said of it where no profile knows it; else unknown_format
};

/// Each message of a file, one after the other: JSON of the encodings of text_of, or why it is none; at least one.
/// Texts that hold JSON are unfolded, damaged ones are null and noted.
std::vector<std::variant<Document, Left>> json_documents(const std::string& file, std::string_view bytes);

/// Each document ends up in records or among those left; most of what is left has its place.
Intake read_messages(const std::vector<Document>&, const std::vector<Profile>&, const Settings&);

}  // namespace imloop::station::intake
