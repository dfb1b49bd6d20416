#include "station/archive/tokens.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <stdexcept>

#include "journal/digest.hpp"
#include "station/clocks.hpp"

namespace imloop::station::archive {
namespace {

constexpr loop::Moment life = 2 * 3600 * 1000;
/// Some software takes one a record: the oldest makes room.
constexpr std::size_t tokens_max = 10'000;

std::string digest_of(const std::string& token) { return journal::to_hex(journal::sha256(token)); }

}  // namespace

std::string Tokens::issue(const std::string& company_code, loop::Moment now) {
    std::erase_if(by_digest_, [&](const auto& entry) { return is_due(entry.second.at, now, life); });
    if (by_digest_.size() >= tokens_max)
        by_digest_.erase(std::ranges::min_element(by_digest_, {}, [](const auto& entry) { return entry.second.at; }));
    std::string bytes(24, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) != 1)
        throw std::runtime_error("没有随机数 / no random bytes");
    auto token = journal::base64url(bytes);
    by_digest_[digest_of(token)] = {company_code, now};
    return token;
}

std::optional<std::string> Tokens::company_of(const std::string& token, loop::Moment now) {
    const auto it = by_digest_.find(digest_of(token));
    if (it == by_digest_.end() || is_due(it->second.at, now, life)) return std::nullopt;
    return it->second.company_code;
}

}  // namespace imloop::station::archive
