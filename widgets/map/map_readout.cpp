#include "widgets/map/map_readout.h"

#include "core/base/format.h"
#include "core/figure/not_finite.h"
#include "widgets/theme/palette.h"

#include <QEvent>
#include <QRegularExpression>

namespace vitrine
{

MapReadout::MapReadout(const QString& hint, QWidget* parent) : QLabel(parent), hint_(hint)
{
    setAccessibleName(tr("Read-out"));
    setTextFormat(Qt::RichText);
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    setMinimumHeight(20);
    draw();
}

void MapReadout::setTokens(std::shared_ptr<const QStringList> tokens)
{
    tokens_ = std::move(tokens);
}

void MapReadout::setReading(const MapReading& reading, const QString& weights)
{
    shown_ = Shown{reading, weights};
    draw();
}

void MapReadout::showHint()
{
    shown_.reset();
    draw();
}

void MapReadout::draw()
{
    const QString muted = theme::palette().muted.name();
    if (!shown_) {
        plain_.clear();
        setText(QStringLiteral("<span style=\"color:%1\">%2</span>").arg(muted, hint_));
        setAccessibleDescription(hint_);
        return;
    }
    const MapReading& reading = shown_->reading;
    const auto name = [this](std::int64_t token) {
        return tokens_ && token < tokens_->size()
                   ? QStringLiteral("“%1”").arg(tokens_->at(static_cast<qsizetype>(token)))
                   : QString::number(token);
    };
    const QString pair =
        QStringLiteral("%1 ← %2").arg(name(reading.cell.row), name(reading.cell.column));
    QString place = tr("query %1, key %2").arg(reading.cell.row).arg(reading.cell.column);
    if (reading.block > 1)
        place += tr(", strongest of %1 × %1").arg(reading.block);
    setText(QStringLiteral("<span style=\"font-family:'JetBrains Mono'\">%1</span>&nbsp;&nbsp;%2"
                           "&nbsp;&nbsp;<span style=\"color:%3\">%4</span>")
                .arg(pair.toHtmlEscaped(), shown_->weights, muted, place));
    static const QRegularExpression tags(QStringLiteral("<[^>]*>"));
    plain_ = pair + QStringLiteral("  ") + QString(shown_->weights).remove(tags) +
             QStringLiteral("  ") + place;
    setAccessibleDescription(plain_);
}

void MapReadout::changeEvent(QEvent* event)
{
    QLabel::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        draw();
}

QString weightText(float value)
{
    if (figure::isNotFinite(value))
        return MapReadout::tr("not finite");
    if (std::isnan(value))
        return QStringLiteral("–");
    return QString::fromStdString(significant(static_cast<double>(value), 4))
        .replace(QLatin1Char('-'), QStringLiteral("−"));
}

} // namespace vitrine
