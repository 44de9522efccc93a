#include "core/report/latex_table.h"

#include "core/report/columns.h"
#include "core/report/latex_text.h"
#include "core/report/latex_width.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace vitrine::report
{
namespace
{

constexpr std::size_t kLongTable = 24;      // rows; longer ones go on over pages
constexpr double kWidest = 195;             // points of a column; longer texts wrap
constexpr double kNarrowest = 90;           // to which a column of texts may be narrowed
constexpr std::size_t kLongRemarkWord = 24; // of a remark; longer ones may break
constexpr double kAir = 0.5;                // of rounding, for each column

struct Type {
    const char* command;
    double size;       // points
    double separation; // \tabcolsep
};
constexpr Type kPlain{"\\footnotesize", 8, 6}, kDense{"\\scriptsize", 7, 2.8};

// How a table is set: its columns' widths in points without what separates them.
struct Setting {
    Type type = kPlain;
    bool brokenHeads = false;
    std::vector<double> widths{};
    std::vector<bool> wraps{};

    double separated(std::size_t column) const { return widths[column] + 2 * type.separation; }
    double total() const
    {
        return std::accumulate(widths.begin(), widths.end(), 0.0) +
               2 * type.separation * static_cast<double>(widths.size() - 1);
    }
};

double widthOf(const Value& value, const Type& type)
{
    const LatexFace face = value.code       ? LatexFace::code
                           : value.emphasis ? LatexFace::bold
                                            : LatexFace::roman;
    return latexWidth(value.text, type.size, face) +
           (value.measured ? latexWidth("†", type.size) + 2 : 0);
}

double headWidth(const Heading& column, const Type& type, bool broken)
{
    if (!broken)
        return latexWidth(headingText(column), type.size);
    double widest = 0;
    for (const std::string& piece : headingPieces(column))
        widest = std::max(widest, latexWidth(piece, type.size));
    return widest;
}

// The widths that the columns want, the widest columns of texts narrowed until all fit the line.
Setting settingOf(const DataTable& table, const Type& type, bool brokenHeads)
{
    Setting setting{.type = type, .brokenHeads = brokenHeads};
    std::vector<double> natural, least;
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
        double widest = 0;
        for (std::size_t r = 0; r < table.shownRows(); ++r)
            widest = std::max(widest, widthOf(table.rows[r][c], type));
        const double head = headWidth(table.columns[c], type, brokenHeads);
        natural.push_back(std::max(widest, head) + kAir);
        least.push_back(std::max(std::min(widest, kNarrowest), head) + kAir);
    }
    double cap = kWidest;
    const auto narrowed = [&] {
        setting.widths.clear();
        for (std::size_t c = 0; c < natural.size(); ++c)
            setting.widths.push_back(std::min(natural[c], std::max(cap, least[c])));
    };
    for (narrowed(); setting.total() > kLatexLine && cap > kNarrowest; narrowed())
        cap = std::max(kNarrowest, cap * 0.97);
    for (std::size_t c = 0; c < natural.size(); ++c)
        setting.wraps.push_back(setting.widths[c] < natural[c]);
    return setting;
}

std::string columnLetters(const DataTable& table, const Setting& setting)
{
    std::string letters;
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
        if (setting.wraps[c])
            letters +=
                fmt::format(">{{\\raggedright\\arraybackslash}}p{{{:.1f}pt}}", setting.widths[c]);
        else
            letters += table.columns[c].number ? 'r' : 'l';
    }
    return "@{}" + letters + "@{}";
}

std::string cellText(const Value& value, bool wraps)
{
    if (value.text.empty())
        return "{}";
    std::string text = value.code ? latexCode(value.text)
                       : wraps    ? latexWrapped(value.text)
                                  : latexText(value.text);
    if (value.emphasis)
        text = "\\textbf{" + text + "}";
    return value.measured ? text + "\\,\\ensuremath{\\dagger}" : text;
}

// Lines of a heading, as few as its column's width allows.
std::string brokenHead(const Heading& column, double width, const Type& type)
{
    std::vector<std::string> lines;
    for (const std::string& piece : headingPieces(column)) {
        const bool space =
            !lines.empty() && !lines.back().ends_with('_') && !lines.back().ends_with('.');
        const std::string longer =
            lines.empty() ? piece : lines.back() + (space ? " " : "") + piece;
        if (!lines.empty() && latexWidth(longer, type.size) <= width)
            lines.back() = longer;
        else
            lines.push_back(piece);
    }
    if (lines.size() <= 1)
        return lines.empty() ? std::string() : latexText(lines[0]);
    std::string text;
    for (const std::string& line : lines)
        text += (text.empty() ? "" : " \\\\ ") + latexText(line);
    return fmt::format("\\shortstack[{}]{{{}}}", column.number ? 'r' : 'l', text);
}

std::string headText(const DataTable& table, const Setting& setting)
{
    std::string text;
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
        const Heading& column = table.columns[c];
        std::string name = setting.wraps[c] ? latexWrapped(headingText(column))
                           : setting.brokenHeads
                               ? brokenHead(column, setting.widths[c], setting.type)
                               : latexText(headingText(column));
        text += (c == 0 ? "" : " & ") + (name.empty() ? "{}" : name);
    }
    return text + " \\\\\n";
}

std::string bodyText(const DataTable& table, const Setting& setting)
{
    std::string text;
    for (std::size_t r = 0; r < table.shownRows(); ++r) {
        for (std::size_t c = 0; c < table.columns.size(); ++c)
            text += (c == 0 ? "" : " & ") + cellText(table.rows[r][c], setting.wraps[c]);
        text += " \\\\\n";
    }
    if (text.empty())
        text = fmt::format("\\multicolumn{{{}}}{{@{{}}l@{{}}}}{{\\emph{{{}}}}} \\\\\n",
                           table.columns.size(), kNoRows);
    return text;
}

// What stands around the rows of a part.
struct Frame {
    std::string caption{}, remark{}; // LaTeX
};

std::string captionText(const Frame& frame)
{
    return frame.caption.empty() ? "" : "\\caption{" + frame.caption + "}";
}

std::string longTable(const DataTable& table, const Setting& setting, const Frame& frame)
{
    const std::string head = headText(table, setting);
    const std::string caption = captionText(frame);
    return fmt::format("\\begin{{longtable}}{{{}}}\n{}\\toprule\n{}\\midrule\n\\endfirsthead\n"
                       "\\toprule\n{}\\midrule\n\\endhead\n\\bottomrule\n\\endfoot\n{}"
                       "\\end{{longtable}}\n{}",
                       columnLetters(table, setting), caption.empty() ? "" : caption + " \\\\\n",
                       head, head, bodyText(table, setting),
                       frame.remark.empty() ? "" : "\\noindent " + frame.remark + "\\par\n");
}

// The remark inside, so that no page comes between.
std::string shortTable(const DataTable& table, const Setting& setting, const Frame& frame)
{
    return fmt::format("\\begin{{table}}[H]\n\\centering\n{}\n{}\n\\begin{{tabular}}{{{}}}\n"
                       "\\toprule\n{}\\midrule\n{}\\bottomrule\n\\end{{tabular}}\n{}"
                       "\\end{{table}}\n",
                       captionText(frame), setting.type.command, columnLetters(table, setting),
                       headText(table, setting), bodyText(table, setting),
                       frame.remark.empty() ? "" : "\\par\\smallskip " + frame.remark + "\\par\n");
}

std::string partText(const DataTable& part, const Setting& setting, const Frame& frame)
{
    return fmt::format("{{{}\\setlength{{\\tabcolsep}}{{{}pt}}\n{}}}\n", setting.type.command,
                       setting.type.separation,
                       part.rows.size() > kLongTable ? longTable(part, setting, frame)
                                                     : shortTable(part, setting, frame));
}

// The gentlest way in which the table fits the line, or else the densest.
std::pair<DataTable, Setting> fitted(const DataTable& table)
{
    const auto fits = [](const Setting& setting) { return setting.total() <= kLatexLine; };
    if (Setting setting = settingOf(table, kPlain, false); fits(setting))
        return {table, setting};
    if (Setting setting = settingOf(table, kPlain, true); fits(setting))
        return {table, setting};
    const DataTable rest = withoutConstants(table);
    if (Setting setting = settingOf(rest, kPlain, true); fits(setting))
        return {rest, setting};
    return {rest, settingOf(rest, kDense, true)};
}

} // namespace

std::string latexTable(const DataTable& table)
{
    if (table.columns.empty())
        return {};
    const auto [shown, setting] = fitted(table);
    std::vector<double> widths;
    for (std::size_t c = 0; c < shown.columns.size(); ++c)
        widths.push_back(setting.separated(c));
    const auto groups = columnGroups(shown, widths, kLatexLine + 2 * setting.type.separation);
    std::string text;
    for (std::size_t g = 0; g < groups.size(); ++g) {
        Frame frame{.caption = latexText(shown.name)};
        if (groups.size() > 1)
            frame.caption += fmt::format(" (columns {} of {})", g + 1, groups.size());
        if (g + 1 == groups.size())
            frame.remark = latexWrapped(shown.remark, kLongRemarkWord);
        const DataTable part = withColumns(shown, groups[g]);
        text += partText(part, settingOf(part, setting.type, setting.brokenHeads), frame);
    }
    return text + "\n";
}

} // namespace vitrine::report
