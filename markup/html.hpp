// HTML that can't be broken into: whatever is put into a template is escaped, unless it is HTML already.
#pragma once

#include <fmt/args.h>
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <type_traits>

namespace imloop::markup {

/// Markup that is safe to show as it stands.
struct Html {
    std::string text;
    Html& operator+=(const Html& other) {
        text += other.text;
        return *this;
    }
};

std::string escaped(std::string_view text);

/// `html("<td>{}</td>", plate)`: fmt's replacement fields; texts and numbers are escaped, Html is put in as it is.
template <typename... Args>
Html html(std::string_view form, const Args&... args) {
    const auto shown = [](const auto& arg) {
        if constexpr (std::is_same_v<std::decay_t<decltype(arg)>, Html>)
            return arg.text;
        else
            return escaped(fmt::format("{}", arg));
    };
    return {fmt::vformat(form, [](const auto&... texts) { return fmt::make_format_args(texts...); }(shown(args)...))};
}

}  // namespace imloop::markup
