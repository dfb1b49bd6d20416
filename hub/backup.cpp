// A hub put back from a backup: it goes on with a new epoch of its own journal, so that what it wrote after the backup
// and what it writes now are never two lines of one number; and places in the feed name the epoch that gave them out,
// so that one given out after the backup falls back to where the backup was made.
#include <fmt/format.h>

#include <charconv>

#include "hub/hub.hpp"
#include "hub/ids.hpp"
#include "hub/store/copy.hpp"
#include "journal/json.hpp"

namespace imloop::hub {
namespace {

using nlohmann::json;

/// `[{epoch, until}]`: epochs before, and the last position that holds of those each gave out.
constexpr const char* epochs_before = "epochs_before";

json before(Store& store) { return journal::parsed(store.meta(epochs_before).value_or("[]")); }

}  // namespace

void Hub::backup(const Scope& scope, const std::filesystem::path& file) {
    // Whole and marked before it has its name: one cut short would be served as if it were no copy.
    const std::filesystem::path fresh = file.string() + ".new";
    std::filesystem::remove(fresh);
    readers.now(scope)->store.copy_to(fresh);
    Store(fresh).put_meta(is_backup, "1");
    std::filesystem::rename(fresh, file);
}

void Hub::begin_epoch_where_put_back() {
    const bool is_put_back = store.meta(is_backup).value_or("") == "1";
    epoch = store.meta("epoch").value();  // which another hub may have begun just before
    if (!is_put_back) return;
    Transaction transaction(store.database());
    auto all = before(store);
    all.push_back({{"epoch", epoch}, {"until", store.position()}});
    epoch = new_uuid7(options.now());
    store.put_meta(epochs_before, all.dump());
    store.put_meta("epoch", epoch);
    store.put_meta(is_backup, "");
    rows_made_anew();  // places that were given out after the backup are of no list that is here
    transaction.commit();
}

std::int64_t Hub::place_in(Store& from, const std::string& cursor) const {
    const auto all = before(from);
    const auto dot = cursor.find('.');
    // Without one: of before places named their epoch.
    const std::string of = dot != std::string::npos ? cursor.substr(0, dot)
                           : all.empty()            ? epoch
                                                    : all.front().at("epoch").get<std::string>();
    const auto digits = std::string_view(cursor).substr(dot == std::string::npos ? 0 : dot + 1);
    std::int64_t position = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), position);
    if (of == epoch) return position;
    for (const auto& one : all)
        if (one.at("epoch") == of) return std::min(position, one.at("until").get<std::int64_t>());
    return 0;
}

std::string Hub::place_named(std::int64_t position) const { return fmt::format("{}.{}", epoch, position); }

}  // namespace imloop::hub
