#pragma once

#include <QString>
#include <QWidget>

namespace vitrine::theme
{

// An icon that stands by itself, in the muted colour of the theme in use when it is painted.
class IconLabel : public QWidget
{
public:
    IconLabel(QString name, int pixels, QWidget* parent);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString name_;
};

} // namespace vitrine::theme
