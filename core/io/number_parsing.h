// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace anamorph {

/// Reads a whole cell as a number, independent of the locale: "3.14", "+1e-3", with `decimal_comma`
/// "3,14". "inf" and numbers too large for a double give infinity, too small ones zero.
/// Returns false if the cell is no number.
[[nodiscard]] bool parse_number(std::string_view cell, bool decimal_comma, double& number);

/// Which cells mean "missing": tokens compared as text, ignoring case, and as numbers, so that
/// "-9999.00" is the token "-9999".
class MissingTokens {
public:
    MissingTokens(const std::vector<std::string>& tokens, bool decimal_comma);
    /// Index of the token that the text is; −1 if it is none.
    [[nodiscard]] int find(std::string_view cell) const;
    /// Index of the token that has this value; −1 if there is none.
    [[nodiscard]] int find(double number) const;
    [[nodiscard]] const std::string& token(int index) const {
        return tokens_[static_cast<std::size_t>(index)];
    }

private:
    std::vector<std::string> tokens_;
    std::vector<std::pair<double, int>> numbers_;
};

}  // namespace anamorph
