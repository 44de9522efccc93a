#include "widgets/theme/style.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QDirIterator>
#include <QFile>
#include <QFontDatabase>
#include <QPainter>
#include <QPalette>
#include <QProxyStyle>
#include <QStyleFactory>
#include <QStyleOption>

#include "core/base/resources.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/wheel.h"

#include <map>

namespace vitrine::theme
{
namespace
{

struct Faces {
    QString ui, mono;
};

void loadFonts()
{
    const auto folder = findResource("fonts");
    if (!folder)
        return;
    QDirIterator files(QString::fromStdString(folder->string()), {"*.ttf", "*.otf"}, QDir::Files);
    while (files.hasNext())
        QFontDatabase::addApplicationFont(files.next());
}

QString firstFamily(const QStringList& wanted, QFontDatabase::SystemFont otherwise)
{
    for (const QString& family : wanted) {
        if (QFontDatabase::hasFamily(family))
            return family;
    }
    return QFontDatabase::systemFont(otherwise).family();
}

const Faces& faces()
{
    static const Faces faces = [] {
        loadFonts();
        return Faces{firstFamily({"Inter Tabular", "Inter"}, QFontDatabase::GeneralFont),
                     firstFamily({"JetBrains Mono", "DejaVu Sans Mono"}, QFontDatabase::FixedFont)};
    }();
    return faces;
}

QColor mixed(const QColor& a, const QColor& b, double share)
{
    return QColor::fromRgbF(a.redF() + (b.redF() - a.redF()) * share,
                            a.greenF() + (b.greenF() - a.greenF()) * share,
                            a.blueF() + (b.blueF() - a.blueF()) * share);
}

QPalette widgetPalette()
{
    const Palette& p = palette();
    QPalette all;
    all.setColor(QPalette::Window, p.window);
    all.setColor(QPalette::WindowText, p.text);
    all.setColor(QPalette::Base, p.surface);
    all.setColor(QPalette::AlternateBase, p.window);
    all.setColor(QPalette::Text, p.text);
    all.setColor(QPalette::PlaceholderText, p.muted);
    all.setColor(QPalette::Button, p.surface);
    all.setColor(QPalette::ButtonText, p.text);
    all.setColor(QPalette::BrightText, p.error);
    all.setColor(QPalette::ToolTipBase, p.surface);
    all.setColor(QPalette::ToolTipText, p.text);
    all.setColor(QPalette::Highlight, p.accent);
    all.setColor(QPalette::HighlightedText, p.onAccent);
    all.setColor(QPalette::Link, p.accent);
    all.setColor(QPalette::Light, p.surface);
    all.setColor(QPalette::Midlight, p.sunken);
    all.setColor(QPalette::Mid, p.line);
    all.setColor(QPalette::Dark, p.muted);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        all.setColor(QPalette::Disabled, role, p.muted);
    return all;
}

// What a style sheet cannot draw or say: check boxes in our lines, 120 ms instead of Fusion's
// defaults, and what the wheel does.
class Style : public QProxyStyle
{
public:
    Style() : QProxyStyle(QStyleFactory::create("Fusion")) {}

    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                       const QWidget* widget) const override
    {
        if (element == PE_IndicatorCheckBox || element == PE_IndicatorItemViewItemCheck)
            return drawCheck(*option, *painter);
        if (element == PE_FrameFocusRect &&
            qobject_cast<const QAbstractItemView*>(widget) != nullptr)
            return; // the view's own frame and the selected row say it
        if (element == PE_FrameFocusRect)
            return drawFocus(*option, *painter);
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }

    void drawComplexControl(ComplexControl control, const QStyleOptionComplex* option,
                            QPainter* painter, const QWidget* widget) const override
    {
        const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(option);
        if (control == CC_Slider && slider != nullptr)
            return drawSlider(*slider, *painter, widget);
        QProxyStyle::drawComplexControl(control, option, painter, widget);
    }

    using QProxyStyle::polish;
    void polish(QWidget* widget) override
    {
        QProxyStyle::polish(widget);
        guardFromWheel(*widget);
    }

    int pixelMetric(PixelMetric metric, const QStyleOption* option,
                    const QWidget* widget) const override
    {
        if (metric == PM_IndicatorWidth || metric == PM_IndicatorHeight)
            return 16;
        if (metric == PM_ToolBarItemMargin || metric == PM_ToolBarFrameWidth ||
            metric == PM_ToolBarItemSpacing)
            return 0;
        return QProxyStyle::pixelMetric(metric, option, widget);
    }

    int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                  QStyleHintReturn* data) const override
    {
        if (hint == SH_ToolTip_WakeUpDelay)
            return 400;
        if (hint == SH_Slider_AbsoluteSetButtons)
            return Qt::LeftButton;
        return QProxyStyle::styleHint(hint, option, widget, data);
    }

private:
    static void drawCheck(const QStyleOption& option, QPainter& painter)
    {
        const Palette& p = palette();
        const bool on = option.state & State_On;
        const bool focused = option.state & State_HasFocus;
        const QRectF box = QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5);
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(on || focused ? p.accent : p.muted, focused ? 2 : 1));
        painter.setBrush(on ? p.accent : p.surface);
        painter.drawRoundedRect(box, 4, 4);
        if (on) {
            painter.setPen(QPen(p.onAccent, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
            const QPointF corner = box.topLeft();
            painter.drawPolyline(QPolygonF{corner + QPointF(3.5, 7.8), corner + QPointF(6.5, 10.8),
                                           corner + QPointF(11.5, 4.8)});
        }
        painter.restore();
    }

    // A thin line, in the accent up to a round handle.
    void drawSlider(const QStyleOptionSlider& option, QPainter& painter,
                    const QWidget* widget) const
    {
        const Palette& p = palette();
        const bool across = option.orientation == Qt::Horizontal;
        const QRectF all = option.rect;
        const QPointF handle =
            QRectF(subControlRect(CC_Slider, &option, SC_SliderHandle, widget)).center();
        const QPointF begin = across ? QPointF(all.left() + 6, all.center().y())
                                     : QPointF(all.center().x(), all.bottom() - 6);
        const QPointF end = across ? QPointF(all.right() - 6, all.center().y())
                                   : QPointF(all.center().x(), all.top() + 6);
        const QPointF middle =
            across ? QPointF(handle.x(), begin.y()) : QPointF(begin.x(), handle.y());
        const bool enabled = option.state & State_Enabled;
        const bool lively = option.state & (State_HasFocus | State_MouseOver);
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(p.line, 4, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(begin, end);
        const QColor ink = enabled ? p.accent : p.muted;
        painter.setPen(QPen(ink, 4, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(begin, middle);
        painter.setPen(QPen(ink, 2));
        painter.setBrush(lively && enabled ? p.accent : p.surface);
        painter.drawEllipse(middle, 6, 6);
        painter.restore();
    }

    static void drawFocus(const QStyleOption& option, QPainter& painter)
    {
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(palette().accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(option.rect).adjusted(1, 1, -1, -1), 4, 4);
        painter.restore();
    }
};

QString modeName()
{
    if (themeName() == ThemeName::highContrast)
        return "contrast";
    return palette().dark ? "dark" : "light";
}

} // namespace

QString styleSheet()
{
    QFile file(":/style/vitrine.qss");
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QString sheet = QString::fromUtf8(file.readAll());
    const Palette& p = palette();
    // Longer names first: @accent is the beginning of @accentSoft.
    const std::map<QString, QString, std::greater<>> tokens = {
        {"@window", p.window.name()},
        {"@surface", p.surface.name()},
        {"@sunken", p.sunken.name()},
        {"@lineWidth", QString::number(p.lineWidth)},
        {"@line", p.line.name()},
        {"@text", p.text.name()},
        {"@muted", p.muted.name()},
        {"@accentSoft", p.accentSoft.name()},
        {"@accentHover", mixed(p.accent, p.text, 0.18).name()},
        {"@accent", p.accent.name()},
        {"@onAccent", p.onAccent.name()},
        {"@good", p.good.name()},
        {"@warning", p.warning.name()},
        {"@error", p.error.name()},
        {"@scroll", mixed(p.line, p.muted, 0.35).name()},
        {"@mode", modeName()},
        {"@onAccentMode", p.dark ? "light" : "contrast"}, // whose marks stand out on the accent
        {"@uiFont", faces().ui},
        {"@monoFont", faces().mono},
    };
    for (const auto& [token, value] : tokens)
        sheet.replace(token, value);
    return sheet;
}

void applyStyle()
{
    auto* application = qobject_cast<QApplication*>(QCoreApplication::instance());
    if (application == nullptr)
        return;
    static bool styled = false;
    if (!styled) {
        QApplication::setStyle(new Style);
        QApplication::setFont(uiFont());
        styled = true;
    }
    // A sheet that replaces another, or stands while the palette changes, is matched with every
    // widget again and again: a window with all rooms open stood still for seconds.
    application->setStyleSheet({});
    QApplication::setPalette(widgetPalette());
    application->setStyleSheet(styleSheet());
}

QFont uiFont(int pixels, QFont::Weight weight)
{
    QFont font(faces().ui);
    font.setPixelSize(pixels);
    font.setWeight(weight);
    return font;
}

QFont monoFont(int pixels)
{
    QFont font(faces().mono);
    font.setPixelSize(pixels);
    font.setStyleHint(QFont::Monospace);
    return font;
}

} // namespace vitrine::theme
