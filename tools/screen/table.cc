#include "tools/screen/table.h"

#include <algorithm>

#include "tools/screen/display_text.h"

namespace sfdb::tools {
namespace {

struct Frame {
  const char *left, *line, *cross, *right;
};
constexpr Frame kTop = {"┌", "─", "┬", "┐"};
constexpr Frame kMiddle = {"├", "─", "┼", "┤"};
constexpr Frame kBottom = {"└", "─", "┴", "┘"};
constexpr Frame kPlain = {"+", "-", "+", "+"};

// Below this a wrapped column is no longer readable; the terminal may break the line then.
constexpr size_t kNarrowest = 20;

class Layout {
 public:
  Layout(const Table& table, const ScreenStyle& style) : table_(table), style_(style) {
    widths_.resize(table.header.size());
    Measure(table.header);
    for (const auto& row : table.rows) Measure(row);
    size_t all = 1;
    for (const size_t width : widths_) all += width + 3;
    if (style.width > 0 && all > style.width && !widths_.empty()) {
      size_t& last = widths_.back();
      const size_t others = all - last;
      last = std::max(kNarrowest, style.width > others ? style.width - others : 0);
    }
  }

  std::string Text() const {
    std::string text = Rule(kTop);
    text += Row(table_.header, {});
    text += Rule(kMiddle);
    for (const auto& row : table_.rows) text += Row(row, table_.right);
    text += Rule(kBottom);
    return text;
  }

 private:
  void Measure(const std::vector<std::string>& row) {
    for (size_t i = 0; i < row.size(); ++i) {
      widths_[i] = std::max(widths_[i], DisplayWidth(CleanText(row[i])));
    }
  }

  std::string Rule(const Frame& unicode) const {
    const Frame& frame = style_.unicode ? unicode : kPlain;
    std::string rule;
    for (size_t i = 0; i < widths_.size(); ++i) {
      rule += i == 0 ? frame.left : frame.cross;
      for (size_t n = 0; n < widths_[i] + 2; ++n) rule += frame.line;
    }
    return rule + frame.right + "\n";
  }

  std::string Row(const std::vector<std::string>& row, const std::vector<size_t>& right) const {
    const char* const bar = style_.unicode ? "│" : "|";
    std::vector<std::vector<std::string>> cells;
    size_t lines = 1;
    for (size_t i = 0; i < row.size(); ++i) {
      cells.push_back(WrapText(CleanText(row[i]), std::max<size_t>(widths_[i], 2)));
      lines = std::max(lines, cells.back().size());
    }
    std::string text;
    for (size_t line = 0; line < lines; ++line) {
      text += bar;
      for (size_t i = 0; i < cells.size(); ++i) {
        const std::string cell = line < cells[i].size() ? cells[i][line] : "";
        const size_t width = DisplayWidth(cell);
        const std::string room(widths_[i] > width ? widths_[i] - width : 0, ' ');
        const bool is_right = std::find(right.begin(), right.end(), i) != right.end();
        text += " " + (is_right ? room + cell : cell + room) + " " + bar;
      }
      text += "\n";
    }
    return text;
  }

  const Table& table_;
  const ScreenStyle& style_;
  std::vector<size_t> widths_;
};

}  // namespace

std::string TableText(const Table& table, const ScreenStyle& style) {
  return Layout(table, style).Text();
}

}  // namespace sfdb::tools
