/** A catalogue of the same shape in another language: the compiler names a key that is missing or too many. */
export type SameKeys<Catalogue> = { readonly [Key in keyof Catalogue]: Catalogue[Key] extends string ? string : SameKeys<Catalogue[Key]> };
