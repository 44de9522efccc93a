#include "widgets/plot/normalise.h"

#include <QDateTime>
#include <QFile>
#include <QFontMetricsF>
#include <QRegularExpression>

#include "core/base/resources.h"
#include "widgets/plot/render.h"
#include "widgets/theme/style.h"

namespace vitrine::plot
{
namespace
{

// The shipped faces are Inter with tabular figures; pages elsewhere may have Inter itself.
constexpr const char* kFaces = "'Inter Tabular', Inter, 'Helvetica Neue', Arial, sans-serif";

QString unescaped(QString text)
{
    return text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&");
}

double drawnWidth(const QString& attributes, const QString& text)
{
    static const QRegularExpression kSize("font-size=\"([0-9.]+)\"");
    static const QRegularExpression kWeight("font-weight=\"([0-9]+)\"");
    const double size = kSize.match(attributes).captured(1).toDouble();
    const int weight = kWeight.match(attributes).captured(1).toInt();
    return QFontMetricsF(theme::uiFont(std::max(1, qRound(size)),
                                       weight >= 600 ? QFont::DemiBold : QFont::Normal))
        .horizontalAdvance(text);
}

qint64 fileTime(std::int64_t time)
{
    bool ok = false;
    const qint64 epoch = qEnvironmentVariable("SOURCE_DATE_EPOCH").toLongLong(&ok);
    return ok && epoch >= 0 ? epoch : time;
}

QByteArray faceCss(const char* file, int weight)
{
    const auto path = findResource(std::string("fonts/") + file);
    QFile face(path ? QString::fromStdString(path->string()) : QString());
    if (!face.open(QIODevice::ReadOnly))
        return {};
    return "@font-face{font-family:'Inter Tabular';font-weight:" + QByteArray::number(weight) +
           ";src:url(data:font/woff2;base64," + face.readAll().toBase64() + ") format('woff2')}\n";
}

} // namespace

QByteArray fontFaceCss()
{
    return faceCss("InterTabular-Regular.woff2", 400) + faceCss("InterTabular-SemiBold.woff2", 600);
}

QByteArray normalisedSvg(QByteArray svg, QSize size, const QByteArray& css)
{
    static const QRegularExpression kText("<text ([^>]*)>([^<]*)</text>");
    static const QRegularExpression kFamily("font-family=\"[^\"]*\"");
    static const QRegularExpression kSize("<svg width=\"[^\"]*\" height=\"[^\"]*\"");
    const QString source = QString::fromUtf8(svg);
    QString result;
    qsizetype done = 0;
    for (auto all = kText.globalMatch(source); all.hasNext();) {
        const QRegularExpressionMatch match = all.next();
        result += source.mid(done, match.capturedStart() - done);
        done = match.capturedEnd();
        const QString words = match.captured(2).trimmed();
        if (words.isEmpty())
            continue;
        QString attributes = match.captured(1);
        attributes.replace(kFamily, QStringLiteral("font-family=\"%1\"").arg(kFaces));
        result +=
            QStringLiteral("<text %1 textLength=\"%2\" lengthAdjust=\"spacingAndGlyphs\">%3</text>")
                .arg(attributes.trimmed())
                .arg(drawnWidth(attributes, unescaped(words)), 0, 'f', 2)
                .arg(words);
    }
    result += source.mid(done);
    // Cells are crisp, photographs smooth; browsers do not know Qt's older word.
    result.replace("image-rendering=\"optimizeSpeed\"", "style=\"image-rendering:pixelated\"");
    result.replace(
        kSize,
        QStringLiteral("<svg width=\"%1\" height=\"%2\"").arg(size.width()).arg(size.height()));
    if (!css.isEmpty())
        result.replace("<defs>", "<style>" + QString::fromUtf8(css) + "</style>\n<defs>");
    return result.toUtf8();
}

QByteArray normalisedPdf(QByteArray pdf, std::int64_t time)
{
    const QDateTime date = QDateTime::fromSecsSinceEpoch(fileTime(time), Qt::UTC);
    const QByteArray digits = date.toString("yyyyMMddHHmmss").toLatin1();
    for (const char* key : {"/CreationDate (D:", "/ModDate (D:"}) {
        for (qsizetype at = pdf.indexOf(key); at >= 0; at = pdf.indexOf(key, at + 1)) {
            const qsizetype first = at + static_cast<qsizetype>(qstrlen(key));
            const qsizetype end = pdf.indexOf(')', first);
            if (end < first + digits.size())
                continue;
            // The offsets of a PDF must not move: same length, local zone replaced by UTC.
            const bool zoned = end - first >= digits.size() + 7;
            QByteArray stamp = digits + (zoned ? "+00'00'" : "Z");
            stamp = stamp.left(end - first).leftJustified(end - first, ' ');
            pdf.replace(first, end - first, stamp);
        }
    }
    return pdf;
}

} // namespace vitrine::plot
