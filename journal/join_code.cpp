#include "journal/join_code.hpp"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cctype>
#include <cstdint>
#include <memory>

#include "journal/digest.hpp"

namespace imloop::journal {
namespace {

constexpr std::string_view letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t half_letters = join_secret_bytes * 8 / 5;

std::string in_letters(std::string_view bytes) {
    std::string out;
    std::uint32_t held = 0;
    int bits = 0;
    for (const unsigned char byte : bytes) {
        held = (held << 8) | byte;
        for (bits += 8; bits >= 5; bits -= 5) out += letters[(held >> (bits - 5)) & 31];
    }
    return out;
}

std::string from_letters(std::string_view text) {
    std::string out;
    std::uint32_t held = 0;
    int bits = 0;
    for (const char letter : text) {
        held = (held << 5) | static_cast<std::uint32_t>(letters.find(letter));
        bits += 5;
        if (bits < 8) continue;
        bits -= 8;
        out += static_cast<char>((held >> bits) & 0xff);
    }
    return out;
}

char letter_meant(char c) {
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
}

}  // namespace

std::string secret_text(std::string_view secret) { return in_letters(secret); }

std::string format_join_code(const JoinCode& code) {
    const std::string all = in_letters(code.secret + code.fingerprint);
    std::string out;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (i > 0 && i % 4 == 0) out += '-';
        out += all[i];
    }
    return out + "@" + code.host + ":" + code.port;
}

Result<JoinCode> parse_join_code(std::string_view text) {
    const auto bad = [](const char* zh, const char* en) { return Error("bad_join_code", zh, en); };
    const auto at = text.find('@');
    const auto colon = text.rfind(':');
    if (at == std::string_view::npos || colon == std::string_view::npos || colon < at)
        return bad("加入码应以 @主机:端口 结尾", "a join code ends with @host:port");
    std::string all;
    for (const char c : text.substr(0, at))
        if (c != '-' && c != ' ') all += letter_meant(c);
    if (all.size() != 2 * half_letters || all.find_first_not_of(letters) != std::string::npos)
        return bad("加入码应有 32 个字母和数字", "a join code has 32 letters and digits");
    const std::string bytes = from_letters(all);
    JoinCode code{bytes.substr(0, join_secret_bytes), bytes.substr(join_secret_bytes),
                  std::string(text.substr(at + 1, colon - at - 1)), std::string(text.substr(colon + 1))};
    while (!code.port.empty() && std::isspace(static_cast<unsigned char>(code.port.back())) != 0) code.port.pop_back();
    if (code.host.empty() || code.port.empty() || code.port.find_first_not_of("0123456789") != std::string::npos)
        return bad("加入码应以 @主机:端口 结尾", "a join code ends with @host:port");
    return code;
}

Result<std::string> fingerprint_of(std::string_view pem) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                           BIO_free);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(
        PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr), X509_free);
    unsigned char* der = nullptr;
    const int size = certificate ? i2d_PUBKEY(X509_get0_pubkey(certificate.get()), &der) : -1;
    if (size <= 0) return Error("bad_certificate", "证书读不出来", "no certificate");
    const auto digest = sha256({reinterpret_cast<char*>(der), static_cast<std::size_t>(size)});
    OPENSSL_free(der);
    return std::string(digest.begin(), digest.begin() + join_secret_bytes);
}

}  // namespace imloop::journal
