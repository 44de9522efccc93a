#include "widgets/print/pdf_outline.h"

#include <QRegularExpression>

namespace vitrine::print
{
namespace
{

// What the update needs to know of the file.
struct Frame {
    int objects = 0;     // entries of the cross-reference table
    int root = 0;        // the catalogue's number
    qsizetype table = 0; // where the cross-reference table begins
    QByteArray trailer;  // between << and >>, without /Size
    QByteArray catalogue;
    std::vector<int> pages;
};

QByteArray captured(const QByteArray& text, const char* pattern)
{
    const auto match = QRegularExpression(pattern).match(QString::fromLatin1(text));
    return match.captured(1).toLatin1();
}

// What stands between the outermost << and >> behind `from`.
QByteArray dictionary(const QByteArray& pdf, qsizetype from)
{
    const qsizetype begin = pdf.indexOf("<<", from);
    if (begin < 0)
        return {};
    int depth = 1;
    for (qsizetype at = begin + 2; at + 1 < pdf.size();) {
        const QByteArray two = pdf.mid(at, 2);
        depth += two == "<<" ? 1 : two == ">>" ? -1 : 0;
        if (depth == 0)
            return pdf.mid(begin + 2, at - begin - 2);
        at += two == "<<" || two == ">>" ? 2 : 1;
    }
    return {};
}

QByteArray object(const QByteArray& pdf, int number)
{
    const qsizetype at = pdf.indexOf("\n" + QByteArray::number(number) + " 0 obj");
    return at < 0 ? QByteArray() : dictionary(pdf, at);
}

Frame frameOf(const QByteArray& pdf)
{
    Frame frame;
    const qsizetype trailer = pdf.lastIndexOf("trailer");
    const qsizetype start = pdf.lastIndexOf("startxref");
    if (trailer < 0 || start < trailer)
        return frame;
    frame.trailer = dictionary(pdf, trailer);
    frame.objects = captured(frame.trailer, "/Size (\\d+)").toInt();
    frame.root = captured(frame.trailer, "/Root (\\d+) 0 R").toInt();
    frame.trailer.replace("/Size " + QByteArray::number(frame.objects), "");
    frame.table = captured(pdf.mid(start), "startxref\\s+(\\d+)").toLongLong();
    frame.catalogue = object(pdf, frame.root);
    const int tree = captured(frame.catalogue, "/Pages (\\d+) 0 R").toInt();
    const QByteArray kids = captured(object(pdf, tree), "/Kids\\s*\\[([^\\]]*)\\]");
    static const QRegularExpression kPage("(\\d+) 0 R");
    for (auto all = kPage.globalMatch(QString::fromLatin1(kids)); all.hasNext();)
        frame.pages.push_back(all.next().captured(1).toInt());
    return frame;
}

// UTF-16 as hexadecimal digits: no text can end it.
QByteArray textString(const QString& text)
{
    QByteArray digits = "<FEFF";
    for (const QChar c : text)
        digits += QByteArray::number(c.unicode(), 16).rightJustified(4, '0').toUpper();
    return digits + ">";
}

QByteArray reference(int number)
{
    return QByteArray::number(number) + " 0 R";
}

class Update
{
public:
    Update(const QByteArray& pdf, Frame frame) : pdf_(pdf), frame_(std::move(frame))
    {
        if (!pdf_.endsWith('\n'))
            pdf_ += '\n';
    }

    void add(int number, const QByteArray& content)
    {
        places_.emplace_back(number, pdf_.size());
        pdf_ += QByteArray::number(number) + " 0 obj\n<<\n" + content + "\n>>\nendobj\n";
    }

    QByteArray finished()
    {
        const qsizetype table = pdf_.size();
        pdf_ += "xref\n";
        for (const auto& [number, place] : places_)
            pdf_ += QByteArray::number(number) + " 1\n" +
                    QByteArray::number(place).rightJustified(10, '0') + " 00000 n \n";
        int size = frame_.objects;
        for (const auto& [number, place] : places_)
            size = std::max(size, number + 1);
        return pdf_ + "trailer\n<<\n/Size " + QByteArray::number(size) + "\n/Prev " +
               QByteArray::number(frame_.table) + "\n" + frame_.trailer.trimmed() +
               "\n>>\nstartxref\n" + QByteArray::number(table) + "\n%%EOF\n";
    }

private:
    QByteArray pdf_;
    Frame frame_;
    std::vector<std::pair<int, qsizetype>> places_; // number, offset
};

} // namespace

QByteArray withBookmarks(const QByteArray& pdf, const std::vector<Bookmark>& bookmarks,
                         double pageHeight)
{
    const Frame frame = frameOf(pdf);
    std::vector<Bookmark> shown;
    for (const Bookmark& each : bookmarks)
        if (each.page >= 0 && each.page < static_cast<int>(frame.pages.size()))
            shown.push_back(each);
    if (shown.empty() || frame.root <= 0 || frame.objects <= 0 || frame.table <= 0)
        return pdf;
    Update update(pdf, frame);
    const int outline = frame.objects, first = outline + 1;
    const int count = static_cast<int>(shown.size()), last = outline + count;
    update.add(frame.root, frame.catalogue.trimmed() + "\n/Outlines " + reference(outline) +
                               "\n/PageMode /UseOutlines\n/ViewerPreferences << /DisplayDocTitle "
                               "true >>");
    update.add(outline, "/Type /Outlines\n/First " + reference(first) + "\n/Last " +
                            reference(last) + "\n/Count " + QByteArray::number(count));
    for (int i = 0; i < count; ++i) {
        const Bookmark& each = shown[static_cast<std::size_t>(i)];
        QByteArray item = "/Title " + textString(each.title) + "\n/Parent " + reference(outline) +
                          "\n/Dest [" +
                          reference(frame.pages[static_cast<std::size_t>(each.page)]) + " /XYZ 0 " +
                          QByteArray::number(pageHeight - each.fromTop, 'f', 1) + " 0]";
        if (i > 0)
            item += "\n/Prev " + reference(first + i - 1);
        if (i + 1 < count)
            item += "\n/Next " + reference(first + i + 1);
        update.add(first + i, item);
    }
    return update.finished();
}

} // namespace vitrine::print
