#include "hub/accounts/password.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <stdexcept>
#include <vector>

#include "journal/digest.hpp"
#include "loop/vehicle/text.hpp"

namespace imloop::hub {
namespace {

struct Cost {
    unsigned log_n = 15, r = 8, p = 1;
};
constexpr std::size_t salt_bytes = 16, hash_bytes = 32;
constexpr std::uint64_t memory_max = 128 * 1024 * 1024;
constexpr unsigned log_n_max = 16, factor_max = 16;

std::string scrypt(std::string_view password, std::string_view salt, Cost cost) {
    std::string out(hash_bytes, '\0');
    if (EVP_PBE_scrypt(password.data(), password.size(), reinterpret_cast<const unsigned char*>(salt.data()),
                       salt.size(), std::uint64_t{1} << cost.log_n, cost.r, cost.p, memory_max,
                       reinterpret_cast<unsigned char*>(out.data()), out.size()) != 1)
        throw std::runtime_error("scrypt failed");
    return out;
}

std::vector<std::string_view> parts_of(std::string_view text) {
    std::vector<std::string_view> out;
    while (true) {
        const auto end = text.find('$');
        out.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return out;
        text.remove_prefix(end + 1);
    }
}

bool read(std::string_view text, unsigned max, unsigned& to) {
    const auto end = std::from_chars(text.data(), text.data() + text.size(), to);
    return end.ec == std::errc{} && end.ptr == text.data() + text.size() && to >= 1 && to <= max;
}

}  // namespace

std::string password_kept(std::string_view password) {
    std::string salt(salt_bytes, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(salt.data()), static_cast<int>(salt.size())) != 1)
        throw std::runtime_error("no randomness");
    constexpr Cost cost;
    return fmt::format("scrypt${}${}${}${}${}", cost.log_n, cost.r, cost.p, journal::base64url(salt),
                       journal::base64url(scrypt(password, salt, cost)));
}

bool is_password(std::string_view password, std::string_view kept) {
    const auto parts = parts_of(kept);
    Cost cost;
    if (parts.size() != 6 || parts[0] != "scrypt" || !read(parts[1], log_n_max, cost.log_n) ||
        !read(parts[2], factor_max, cost.r) || !read(parts[3], factor_max, cost.p))
        return false;
    const auto salt = journal::from_base64url(parts[4]), hash = journal::from_base64url(parts[5]);
    if (!salt || !hash || hash->size() != hash_bytes) return false;
    return CRYPTO_memcmp(scrypt(password, *salt, cost).data(), hash->data(), hash_bytes) == 0;
}

const std::string& password_of_nobody() {
    static const std::string kept = password_kept("");
    return kept;
}

std::optional<std::string_view> too_easy(std::string_view password, std::string_view account, std::string_view name) {
    const auto all = loop::characters(password);
    if (all.size() < password_characters_min) return "too_short";
    if (std::set(all.begin(), all.end()).size() < password_kinds_min) return "too_few_kinds";
    const auto words = loop::lower(password);
    for (const auto part : {account, name})
        if (!part.empty() && words.find(loop::lower(part)) != std::string::npos) return "holds_name";
    if (words.find("imloop") != std::string::npos) return "holds_program";
    return std::nullopt;
}

}  // namespace imloop::hub
