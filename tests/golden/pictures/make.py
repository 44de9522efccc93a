#!/usr/bin/env python3
# Makes the data of this folder anew with Pillow 9.4 and numpy 1.24: small pictures in many kinds of files with
# what convert("RGB") makes of them (seen.rgb: one behind the other, in the order of picture_test.cpp), and resized, cut and normalised ones (prepared.safetensors).
import json
import numpy as np
from PIL import Image, PngImagePlugin


def save(path, tensors):
    head, data = {}, b""
    for name, array in sorted(tensors.items()):
        kind = {"uint8": "U8", "float32": "F32"}[array.dtype.name]
        head[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [len(data), len(data) + array.nbytes]}
        data += array.tobytes()
    text = json.dumps(head).encode()
    text += b" " * (-len(text) % 8)
    open(path, "wb").write(len(text).to_bytes(8, "little") + text + data)


random = np.random.default_rng(7)


def noise(width, height, channels):
    smooth = np.add.outer(np.arange(height) * 5.0, np.arange(width) * 3.0)[..., None] + 60 * np.arange(channels)
    return ((smooth + random.normal(0, 40, (height, width, channels))) % 256).astype(np.uint8)


def files():
    colour, grey, alpha = noise(13, 9, 3), noise(13, 9, 1)[..., 0], noise(13, 9, 1)
    rgb, l = Image.fromarray(colour), Image.fromarray(grey)
    rgba = Image.fromarray(np.concatenate([colour, alpha], 2), "RGBA")
    opaque = rgb.convert("RGBA")
    la = Image.fromarray(np.concatenate([grey[..., None], alpha], 2), "LA")
    palette = rgb.convert("P", palette=Image.ADAPTIVE, colors=16)
    turned = Image.Exif()
    turned[274] = 6
    rgb.save("rgb.png"), l.save("grey.png"), rgba.save("rgba.png"), opaque.save("opaque.png"), la.save("grey_alpha.png")
    palette.save("palette.png"), palette.save("palette_transparent.png", transparency=3)
    l.convert("1").save("bits.png")
    rgb.save("rgb.bmp"), palette.save("palette.bmp"), rgb.save("rgb.ppm"), l.save("grey.pgm"), rgb.save("rgb.tif")
    rgb.save("frames.tif", save_all=True, append_images=[rgb.rotate(180)])
    rgb.save("frames.png", save_all=True, append_images=[rgb.rotate(180)])
    rgb.save("rgb.jpg", quality=90), l.save("grey.jpg", quality=90), rgb.convert("CMYK").save("cmyk.jpg")
    rgb.save("turned.jpg", quality=90, exif=turned), rgb.save("turned.png", exif=turned)
    rgb.save("rgb.webp", lossless=True), rgba.save("rgba.webp", lossless=True, exact=True)
    rgb.save("frames.webp", save_all=True, append_images=[rgb.rotate(180)], lossless=True)
    Image.fromarray(grey.astype(np.uint16) * 257 + 3).save("deep.png")
    names = """rgb.png grey.png rgba.png opaque.png grey_alpha.png palette.png palette_transparent.png bits.png rgb.bmp
        palette.bmp rgb.ppm grey.pgm rgb.tif frames.tif frames.png rgb.jpg grey.jpg turned.jpg turned.png rgb.webp
        rgba.webp""".split()
    seen = {name: np.asarray(Image.open(name).convert("RGB")) for name in names}
    seen["deep.png"] = np.repeat((np.asarray(Image.open("deep.png")) >> 8).astype(np.uint8)[..., None], 3, 2)
    open("seen.rgb", "wb").write(b"".join(array.tobytes() for array in seen.values()))


def shorter(image, wanted, how):
    width, height = image.size
    least = min(width, height)
    return image.resize((wanted if width == least else wanted * width // least,
                         wanted if height == least else wanted * height // least), how)


def cut(image, side, low):
    # torchvision rounds half a pixel to even, transformers down.
    at = [(x - side) // 2 if low else int(round((x - side) / 2.0)) for x in image.size]
    return image.crop((at[0], at[1], at[0] + side, at[1] + side))


def normalised(image, mean, deviation, divisor=255):
    return ((np.asarray(image, np.float64) / divisor - mean) / deviation).astype(np.float32)


def prepared():
    tensors = {}
    sources = {"wide": noise(53, 31, 3), "high": noise(19, 40, 3), "small": noise(9, 7, 3)}
    for name, array in sources.items():
        tensors["source." + name] = array
        for filter, how in (("nearest", Image.NEAREST), ("lanczos", Image.LANCZOS), ("bilinear", Image.BILINEAR),
                            ("bicubic", Image.BICUBIC), ("box", Image.BOX), ("hamming", Image.HAMMING)):
            for width, height in ((16, 16), (24, 31), (11, 40), (40, 7), (1, 1), (33, 35)):
                image = Image.fromarray(array).resize((width, height), how)
                tensors[f"resized.{name}.{filter}.{width}x{height}"] = np.asarray(image)
        tensors["grey." + name] = np.asarray(Image.fromarray(array).convert("L"))
        image = Image.fromarray(array)
        imagenet = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
        half = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
        cases = {
            "timm": normalised(cut(shorter(image, 13, Image.BICUBIC), 12, False), *imagenet),
            "squash": normalised(cut(image.resize((14, 14), Image.BILINEAR), 12, False), *imagenet),
            "vit": normalised(image.resize((12, 12), Image.BILINEAR), *half),
            "deit": normalised(cut(image.resize((15, 15), Image.BICUBIC), 12, True), *half),
            "bit": normalised(cut(shorter(image, 13, Image.BICUBIC), 12, True), *half),
            "unscaled": normalised(image.resize((12, 12), Image.BILINEAR), (0, 0, 0), (1, 1, 1), 1),
            "unresized": normalised(cut(image, 12, True), *half),
        }
        for case, values in cases.items():
            tensors[f"prepared.{name}.{case}"] = values
    save("prepared.safetensors", tensors)


files()
prepared()
