#include "core/report/text.h"

#include <md4c.h>

#include <array>
#include <charconv>
#include <utility>

namespace vitrine::report
{
namespace
{

constexpr int kDeepest = 6; // of lists; deeper ones stand at this depth

void appendUtf8(std::string& text, std::uint32_t code)
{
    const auto byte = [&](std::uint32_t value) { text += static_cast<char>(value); };
    if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
        code = 0xFFFD;
    if (code < 0x80)
        return byte(code);
    if (code < 0x800) {
        byte(0xC0 | (code >> 6U));
    } else {
        if (code < 0x10000) {
            byte(0xE0 | (code >> 12U));
        } else {
            byte(0xF0 | (code >> 18U));
            byte(0x80 | ((code >> 12U) & 0x3FU));
        }
        byte(0x80 | ((code >> 6U) & 0x3FU));
    }
    byte(0x80 | (code & 0x3FU));
}

// "&amp;", "&#946;", "&#x3b2;"; names beyond the usual five stay as they are written.
std::string entityText(std::string_view entity)
{
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kNamed = {
        {{"&amp;", "&"},
         {"&lt;", "<"},
         {"&gt;", ">"},
         {"&quot;", "\""},
         {"&apos;", "'"},
         {"&nbsp;", "\u00a0"}}};
    for (const auto& [name, text] : kNamed)
        if (entity == name)
            return std::string(text);
    if (!entity.starts_with("&#") || entity.size() < 4)
        return std::string(entity);
    const bool hexadecimal = entity[2] == 'x' || entity[2] == 'X';
    const char* first = entity.data() + (hexadecimal ? 3 : 2);
    std::uint32_t code = 0;
    std::from_chars(first, entity.data() + entity.size(), code, hexadecimal ? 16 : 10);
    std::string text;
    appendUtf8(text, code);
    return text;
}

std::string safeLink(std::string_view link)
{
    const auto is = [&](std::string_view scheme) { return link.starts_with(scheme); };
    return is("http://") || is("https://") || is("mailto:") ? std::string(link) : std::string();
}

// Listens to md4c and makes blocks.
class Reader
{
public:
    std::vector<Block> blocks;

    void enter(MD_BLOCKTYPE type, const void* detail)
    {
        switch (type) {
        case MD_BLOCK_QUOTE:
            flush();
            ++quotes_;
            return;
        case MD_BLOCK_UL:
            flush();
            lists_.push_back({});
            return;
        case MD_BLOCK_OL:
            flush();
            lists_.push_back({true, static_cast<const MD_BLOCK_OL_DETAIL*>(detail)->start});
            return;
        case MD_BLOCK_LI:
            startItem();
            return;
        case MD_BLOCK_H:
            flush();
            heading_ = static_cast<int>(static_cast<const MD_BLOCK_H_DETAIL*>(detail)->level);
            return;
        case MD_BLOCK_HR:
            flush();
            blocks.push_back(RichText{.kind = RichText::Kind::rule});
            return;
        case MD_BLOCK_CODE:
            flush();
            code_.emplace();
            return;
        case MD_BLOCK_TABLE:
            flush();
            table_.emplace();
            return;
        case MD_BLOCK_TR:
            if (table_ && !head_)
                table_->rows.emplace_back();
            return;
        case MD_BLOCK_THEAD:
            head_ = true;
            return;
        default:
            return;
        }
    }

    void leave(MD_BLOCKTYPE type, const void* detail)
    {
        switch (type) {
        case MD_BLOCK_QUOTE:
            flush();
            --quotes_;
            return;
        case MD_BLOCK_UL:
        case MD_BLOCK_OL:
            flush();
            lists_.pop_back();
            return;
        case MD_BLOCK_LI:
        case MD_BLOCK_P:
            flush();
            return;
        case MD_BLOCK_H:
            flush();
            heading_ = 0;
            return;
        case MD_BLOCK_CODE:
            if (code_->text.ends_with('\n'))
                code_->text.pop_back();
            blocks.push_back(*std::exchange(code_, std::nullopt));
            return;
        case MD_BLOCK_THEAD:
            head_ = false;
            return;
        case MD_BLOCK_TH:
        case MD_BLOCK_TD:
            endCell(*static_cast<const MD_BLOCK_TD_DETAIL*>(detail));
            return;
        case MD_BLOCK_TABLE:
            blocks.push_back(*std::exchange(table_, std::nullopt));
            return;
        default:
            return;
        }
    }

    void span(MD_SPANTYPE type, const void* detail, int step)
    {
        if (type == MD_SPAN_STRONG)
            strong_ += step;
        else if (type == MD_SPAN_EM || type == MD_SPAN_IMG)
            emphasis_ += step;
        else if (type == MD_SPAN_CODE)
            inlineCode_ += step;
        else if (type == MD_SPAN_A) {
            const auto& link = static_cast<const MD_SPAN_A_DETAIL*>(detail)->href;
            link_ = step > 0 ? safeLink({link.text, link.size}) : std::string();
        }
    }

    void text(MD_TEXTTYPE type, std::string_view text)
    {
        if (code_) {
            code_->text += text;
            return;
        }
        std::string words(text);
        if (type == MD_TEXT_ENTITY)
            words = entityText(text);
        else if (type == MD_TEXT_NULLCHAR)
            words = "\uFFFD";
        else if (type == MD_TEXT_BR || type == MD_TEXT_SOFTBR)
            words = " ";
        Words next{std::move(words), strong_ > 0, emphasis_ > 0, inlineCode_ > 0, link_};
        if (!words_.empty()) {
            Words& last = words_.back();
            if (last.strong == next.strong && last.emphasis == next.emphasis &&
                last.code == next.code && last.link == next.link) {
                last.text += next.text;
                return;
            }
        }
        words_.push_back(std::move(next));
    }

private:
    struct List {
        bool numbered = false;
        unsigned next = 1;
    };

    void startItem()
    {
        flush();
        if (lists_.empty())
            return;
        List& list = lists_.back();
        marker_ = list.numbered ? std::to_string(list.next++) + "." : "•";
    }

    void flush()
    {
        if (words_.empty() && marker_.empty())
            return;
        if (words_.empty() && !lists_.empty())
            return; // the item's first paragraph is to come
        RichText block{.words = std::exchange(words_, {})};
        if (heading_ > 0) {
            block.kind = RichText::Kind::heading;
            block.level = heading_;
        } else if (!lists_.empty()) {
            block.kind = RichText::Kind::item;
            block.level = std::min(static_cast<int>(lists_.size()), kDeepest);
            block.marker = std::exchange(marker_, {});
        } else if (quotes_ > 0) {
            block.kind = RichText::Kind::quote;
        }
        marker_.clear();
        blocks.push_back(std::move(block));
    }

    void endCell(const MD_BLOCK_TD_DETAIL& detail)
    {
        const bool right = detail.align == MD_ALIGN_RIGHT;
        std::string text = plainText(std::exchange(words_, {}));
        if (!table_)
            return;
        if (head_)
            table_->columns.push_back({.name = std::move(text), .number = right});
        else if (!table_->rows.empty())
            table_->rows.back().push_back({.text = std::move(text), .number = right});
    }

    std::vector<Words> words_;
    std::vector<List> lists_;
    std::string marker_, link_;
    std::optional<Code> code_;
    std::optional<DataTable> table_;
    bool head_ = false;
    int quotes_ = 0, heading_ = 0, strong_ = 0, emphasis_ = 0, inlineCode_ = 0;
};

int onEnter(MD_BLOCKTYPE type, void* detail, void* reader)
{
    static_cast<Reader*>(reader)->enter(type, detail);
    return 0;
}

int onLeave(MD_BLOCKTYPE type, void* detail, void* reader)
{
    static_cast<Reader*>(reader)->leave(type, detail);
    return 0;
}

int onEnterSpan(MD_SPANTYPE type, void* detail, void* reader)
{
    static_cast<Reader*>(reader)->span(type, detail, 1);
    return 0;
}

int onLeaveSpan(MD_SPANTYPE type, void* detail, void* reader)
{
    static_cast<Reader*>(reader)->span(type, detail, -1);
    return 0;
}

int onText(MD_TEXTTYPE type, const MD_CHAR* text, MD_SIZE size, void* reader)
{
    static_cast<Reader*>(reader)->text(type, {text, size});
    return 0;
}

} // namespace

std::string plainText(const std::vector<Words>& words)
{
    std::string text;
    for (const Words& each : words)
        text += each.text;
    return text;
}

std::vector<Block> textBlocks(std::string_view markdown)
{
    MD_PARSER parser{};
    parser.flags = MD_FLAG_NOHTML | MD_FLAG_TABLES | MD_FLAG_COLLAPSEWHITESPACE |
                   MD_FLAG_PERMISSIVEURLAUTOLINKS;
    parser.enter_block = onEnter;
    parser.leave_block = onLeave;
    parser.enter_span = onEnterSpan;
    parser.leave_span = onLeaveSpan;
    parser.text = onText;
    Reader reader;
    md_parse(markdown.data(), static_cast<MD_SIZE>(markdown.size()), &parser, &reader);
    return std::move(reader.blocks);
}

} // namespace vitrine::report
