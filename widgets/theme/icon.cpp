#include "widgets/theme/icon.h"

#include <QFile>
#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

#include "widgets/theme/palette.h"

namespace vitrine::theme
{
namespace
{

QByteArray drawing(const QString& name)
{
    QFile file(":/icons/" + name + ".svg");
    if (!file.exists())
        file.setFileName(":/icons/plugin.svg");
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QPixmap rendered(const QString& name, const QSize& size, const QColor& colour)
{
    const QString key = QString("vitrine-icon/%1/%2x%3/%4")
                            .arg(name)
                            .arg(size.width())
                            .arg(size.height())
                            .arg(colour.name(QColor::HexArgb));
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap))
        return pixmap;
    pixmap = QPixmap(size);
    pixmap.fill(Qt::transparent);
    QSvgRenderer renderer(drawing(name).replace("currentColor", colour.name().toLatin1()));
    QPainter painter(&pixmap);
    renderer.render(&painter);
    painter.end();
    QPixmapCache::insert(key, pixmap);
    return pixmap;
}

QColor colourOf(QIcon::Mode mode, QIcon::State state)
{
    const Palette& p = palette();
    if (mode == QIcon::Disabled)
        return p.line;
    if (state == QIcon::On)
        return p.accent;
    return mode == QIcon::Active ? p.text : p.muted;
}

class Engine : public QIconEngine
{
public:
    explicit Engine(QString name) : name_(std::move(name)) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override
    {
        const qreal ratio = painter->device()->devicePixelRatioF();
        QPixmap drawn =
            rendered(name_, (QSizeF(rect.size()) * ratio).toSize(), colourOf(mode, state));
        drawn.setDevicePixelRatio(ratio);
        painter->drawPixmap(rect.topLeft(), drawn);
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
    {
        return rendered(name_, size, colourOf(mode, state));
    }
    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state, qreal) override
    {
        return rendered(name_, size, colourOf(mode, state));
    }
    QIconEngine* clone() const override { return new Engine(name_); }

private:
    QString name_;
};

} // namespace

QIcon icon(const QString& name)
{
    return QIcon(new Engine(name));
}

QPixmap iconPixmap(const QString& name, int pixels, const QColor& colour, qreal pixelRatio)
{
    QPixmap drawn = rendered(name, QSize(pixels, pixels) * pixelRatio, colour);
    drawn.setDevicePixelRatio(pixelRatio);
    return drawn;
}

} // namespace vitrine::theme
