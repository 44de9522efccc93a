#pragma once

#include "widgets/map/map_view.h"

#include <QLabel>
#include <QStringList>

#include <memory>
#include <optional>

namespace vitrine
{

// The line under attention maps: what the cell under the mouse holds, or a hint where there is
// none. Follows the theme.
class MapReadout : public QLabel
{
    Q_OBJECT
public:
    MapReadout(const QString& hint, QWidget* parent);

    // As people read them; queries and keys alike.
    void setTokens(std::shared_ptr<const QStringList> tokens);
    // `weights`: what the maps hold there, rich text.
    void setReading(const MapReading& reading, const QString& weights);
    void showHint();
    QString plainText() const { return plain_; } // of a reading; empty for the hint

protected:
    void changeEvent(QEvent* event) override;

private:
    void draw();

    struct Shown {
        MapReading reading;
        QString weights;
    };
    QString hint_, plain_;
    std::shared_ptr<const QStringList> tokens_;
    std::optional<Shown> shown_;
};

// A weight or a difference of weights for people: "0.4123", "–" where there is none, "not finite".
QString weightText(float value);

} // namespace vitrine
