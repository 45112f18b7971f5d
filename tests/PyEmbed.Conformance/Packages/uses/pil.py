"""Images drawn, filtered, written in many formats, read back; digests of the pixels."""

import hashlib
import io

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageMath, ImageOps, ImageSequence, ImageStat, features

picture = Image.new("RGB", (64, 48), "navy")
draw = ImageDraw.Draw(picture)
draw.ellipse((8, 8, 40, 40), fill=ImageColor.getrgb("hsl(30, 90%, 50%)"), outline="white")
draw.line((0, 0, 63, 47), fill="#0f0", width=3)
draw.text((4, 30), "Text", font=ImageFont.load_default(), fill="white")


def digest(image):
    return hashlib.sha256(image.tobytes()).hexdigest()[:20]


print(digest(picture))
for name, image in (("blur", picture.filter(ImageFilter.GaussianBlur(2))), ("turned", picture.rotate(30, expand=True, resample=Image.BICUBIC)),
                    ("small", picture.resize((20, 15), Image.LANCZOS)), ("grey", ImageOps.grayscale(picture)),
                    ("bright", ImageEnhance.Brightness(picture).enhance(1.5)), ("inverted", ImageChops.invert(picture)),
                    ("palette", picture.quantize(8)), ("hsv", picture.convert("HSV"))):
    print(name, image.size, image.mode, digest(image))
for form in ("PNG", "GIF", "BMP", "TIFF", "PPM", "ICO", "TGA", "PCX", "JPEG", "WEBP", "PDF", "EPS"):
    buffer = io.BytesIO()
    picture.save(buffer, form)
    if form not in ("PDF", "EPS"):
        buffer.seek(0)
        back = Image.open(buffer)
        print(form, back.format, back.size, back.mode, digest(back.convert("RGB")))
buffer = io.BytesIO()
picture.save(buffer, "GIF", save_all=True, append_images=[picture.transpose(Image.FLIP_LEFT_RIGHT)], duration=50)
print(sum(1 for _ in ImageSequence.Iterator(Image.open(buffer))), ImageStat.Stat(picture).mean[0] > 0, features.check("zlib"))
print(digest(ImageMath.eval("convert(a * 2, 'L')", a=picture.convert("L"))), len(Image.registered_extensions()))
try:
    Image.open(io.BytesIO(b"nothing"))
except Image.UnidentifiedImageError as error:
    print(type(error).__name__)
